import { useQuery } from '@tanstack/react-query';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { CommandBox } from '../../parts/command-box.tsx';
import { ClockIcon, UpdateIcon } from '../../parts/icons.ts';
import { LongText } from '../../parts/long-text.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { AutoupdateForm } from './autoupdate-form.tsx';
import { UpdateState } from './update-state.tsx';

const words = en.autoupdate;

/** New versions of this program: how far the next one is, and when it is installed. */
export function AutoupdateScreen() {
  const { queries } = useBridge();
  const query = useQuery(queries.autoupdate.get.queryOptions({ input: {} }));
  return (
    <Page title={words.title} subtitle={words.subtitle}>
      <Answer query={query}>{(status) => <Body status={status} />}</Answer>
    </Page>
  );
}

function Body({ status }: { status: AutoupdateStatus }) {
  const { offered, commands } = status;
  return (
    <>
      <Decided status={status} />
      <Section title={words.state} icon={<UpdateIcon />}>
        <UpdateState status={status} />
      </Section>
      {commands.length > 0 && (
        <Section title={words.commands}>
          {commands.map((line) => (
            <CommandBox key={line} line={{ text: line, asks: [] }} title={words.run} />
          ))}
        </Section>
      )}
      {offered?.notes && (
        <Section title={words.notes(offered.version)}>
          <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} data-notes>
            <LongText text={offered.notes} />
          </div>
        </Section>
      )}
      <Section title={words.settings} icon={<ClockIcon />}>
        <AutoupdateForm key={JSON.stringify(status.settings)} settings={status.settings} />
      </Section>
    </>
  );
}

/** What the person cannot change here, and who decided it. */
function Decided({ status: { policy } }: { status: AutoupdateStatus }) {
  const places = [...new Set(Object.values(policy).filter((by) => by !== null))];
  return places.map((place) => {
    const names = Object.keys(words.decisions) as (keyof typeof words.decisions)[];
    const what = names.filter((name) => policy[name] === place).map((name) => words.decisions[name]);
    return (
      <Notice key={place} intent="info">
        {words.decided(what, place)}
      </Notice>
    );
  });
}
