import type { AboutBuild } from '#shared/contract/agent.ts';
import { type Paper, table } from '../table.ts';

const builds: Record<AboutBuild['build'], string> = {
  signed: 'signed',
  'not-signed': 'not signed',
  checkout: 'run from its sources',
};

export function aboutPage({ version, build, parts }: AboutBuild, paper: Paper): string[] {
  const head = `Trustkeep ${version}, ${builds[build]}`;
  if (parts.length === 0) return [head];
  const columns = [
    { head: 'part', value: (part: AboutBuild['parts'][number]) => part.name, whole: true },
    { head: 'version', value: (part: AboutBuild['parts'][number]) => part.version },
    { head: 'license', value: (part: AboutBuild['parts'][number]) => part.license },
  ];
  return [head, '', ...table(parts, columns, paper), '', 'The whole text of one: trustkeep license NAME'];
}

export function licensePage({ text }: { text: string }): string[] {
  return text === '' ? ['There is no license text of a part of this name.'] : text.split(/\r?\n/);
}
