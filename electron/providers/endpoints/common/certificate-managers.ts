import type { Manager, Takeover } from '#shared/model/manager.ts';

/** Where a program notes that it manages a file, and how that note is read. */
export interface CertificateManager {
  who: string;
  /** Where its notes about the file at this path may lie, and the name it has there. Empty: a path unlike those it makes. */
  notes(path: string): Note[];
  /** Extended regular expression of grep: what of a note is read, and nothing else of it. */
  lines: string;
  /** Whether these lines say that it renews what goes by this name. */
  renews(lines: readonly string[], name: string): boolean;
  /** What such a note says, behind its path. */
  says: string;
  /** How to make it stop and keep the files that the server reads. Begins with a verb, ends without a full stop. */
  stop(note: Note): string;
}

interface Note {
  path: string;
  name: string;
}

/** Who manages a file, and how to make it stop. */
export interface Managed extends Manager {
  stop: string;
}

/** As the note says it. */
export function managedAs(
  { who, says, stop }: Pick<CertificateManager, 'who' | 'says' | 'stop'>,
  note: Note,
): Managed {
  return { who, evidence: `${note.path} ${says}`, stop: stop(note) };
}

/** A file that is a copy of one in the store of a program. */
export function copyOf(original: string, { who, evidence, stop }: Managed): Managed {
  return {
    who,
    evidence: `it is a copy of ${original}, and ${evidence}`,
    stop: `remove it from what copies the renewed certificate here (a hook or a timer), or ${stop}`,
  };
}

/** A file that a hook of certbot names. `conf`: of which certificate; null: of each. */
export function copiedByHook({ conf, script }: { conf: string | null; script: string }): Managed {
  const when = conf === null ? 'after each renewal' : `after the renewal that ${conf} describes`;
  return {
    who: 'certbot',
    evidence: `${script}, which certbot runs ${when}, names this file`,
    stop: `remove this file from ${script}`,
  };
}

/** What a plan says that replaces these files. */
export function takenFromManager({ who, evidence, stop }: Managed, files: string[]): Takeover {
  const sentence = `${who} renews ${files.join(' and ')}: ${evidence}. Approving this plan puts a certificate of Trustkeep there, and ${who} will replace it again at its next renewal. To prevent that, ${stop}.`;
  return { who, evidence, files, sentence };
}

const noteOf = (found: RegExpExecArray | null, path: (parts: string[]) => string, name: number): Note[] =>
  found === null ? [] : [{ path: path([...found]), name: found[name] ?? '' }];

const moveAway = ({ path }: Note) => `move ${path} to another directory`;

/**
 * `live/NAME` has links into `archive/NAME`, and `renewal/NAME.conf` is what `certbot renew` goes through (certbot's user
 * guide, "Where are my certificates?"). Renaming it ends that and keeps the files (certbot/certbot#2985), `certbot delete`
 * removes them under the server that reads them (certbot/certbot#6734). `autorenew = False` has `certbot renew` pass it by.
 */
const certbot: CertificateManager = {
  who: 'certbot',
  notes: (path) =>
    noteOf(
      /^(.*)\/(?:live|archive)\/([^/]+)\/[^/]+$/.exec(path),
      ([, home, name]) => `${home}/renewal/${name}.conf`,
      2,
    ),
  lines: '^\\[renewalparams\\]|^autorenew *=.*',
  renews: (lines) =>
    lines.includes('[renewalparams]') &&
    !lines.some((line) => /^autorenew *= *(false|no|off|0) *$/i.test(line)),
  says: 'lists this certificate for renewal',
  stop: (note) =>
    `${moveAway(note)} (certbot keeps the other files; "certbot delete" would remove them under the server)`,
};

/** `certificates/NAME.crt` and `.key` beside `NAME.json`, which has the address of the certificate (go-acme.github.io/lego). */
const lego: CertificateManager = {
  who: 'lego',
  notes: (path) =>
    noteOf(
      /^(.*\/certificates)\/([^/]+?)(?:\.issuer)?\.(?:crt|key|pem)$/.exec(path),
      ([, home, name]) => `${home}/${name}.json`,
      2,
    ),
  lines: '"certUrl"',
  renews: (lines) => lines.length > 0,
  says: 'was written by lego for this certificate',
  stop: (note) =>
    `remove ${note.name} from the timer or cron job that runs lego, then ${moveAway(note)} (the server does not read it)`,
};

/** `certificates/ISSUER/NAME/NAME.crt`, `.key` and `.json` in its data directory (caddyserver/caddy#3124). */
const caddy: CertificateManager = {
  who: 'Caddy',
  notes: (path) =>
    noteOf(
      /^(.*\/certificates\/[^/]+\/([^/]+))\/\2\.(?:crt|key)$/.exec(path),
      ([, home, name]) => `${home}/${name}.json`,
      2,
    ),
  lines: '"sans"',
  renews: (lines) => lines.length > 0,
  says: 'was written by Caddy for this certificate',
  stop: (note) =>
    `remove ${note.name} from the configuration of Caddy and reload it, then ${moveAway(note)} (the server does not read it)`,
};

/** `md/domains/NAME/md.json` beside `pubcert.pem` and `privkey.pem`, with the kind of key for others than the first; mode 0 is `manual` (mod_md). */
const modMd: CertificateManager = {
  who: 'mod_md of Apache',
  notes: (path) =>
    noteOf(
      /^(.*\/domains\/([^/]+))\/(?:pubcert|privkey)(?:\.[^/]+)?\.pem$/.exec(path),
      ([, home]) => `${home}/md.json`,
      2,
    ),
  lines: '"renew-mode": *[0-9]+|"domains"',
  renews: (lines) => lines.length > 0 && !lines.some((line) => /"renew-mode": *0$/.test(line)),
  says: 'lists this certificate for renewal',
  stop: ({ name }) => `set "MDRenewMode manual" for ${name} in the configuration of Apache, and restart it`,
};

/**
 * `certs/ALIAS/fullchain.pem` is a link to `fullchain-TIME.pem`; `domains.txt` has a line for each certificate: names, then
 * `> ALIAS` when the directory is not called like the first one (dehydrated's docs/domains_txt.md). Debian keeps it in /etc.
 */
const dehydrated: CertificateManager = {
  who: 'dehydrated',
  notes: (path) => {
    const found = /^(.*)\/[^/]+\/([^/]+)\/(?:cert|chain|fullchain|privkey)-[0-9]+\.pem$/.exec(path);
    const homes = found === null ? [] : [found[1] ?? '', '/etc/dehydrated', '/usr/local/etc/dehydrated'];
    return homes.map((home) => ({ path: `${home}/domains.txt`, name: found?.[2] ?? '' }));
  },
  lines: '^[^#].*',
  renews: (lines, name) => lines.some((line) => aliasOf(line) === name.toLowerCase()),
  says: 'lists this certificate for renewal',
  stop: ({ path, name }) => `remove the line of ${name} from ${path}`,
};

function aliasOf(line: string): string | undefined {
  const plain = line.toLowerCase().trim();
  return />\s*(\S+)/.exec(plain)?.[1] ?? plain.split(/\s+/)[0];
}

/** `NAME.cer`, `fullchain.cer` and `NAME.key` beside `NAME.conf`, in `NAME` or `NAME_ecc`. */
const acmeSh: CertificateManager = {
  who: 'acme.sh',
  notes: (path) =>
    noteOf(
      /^(.*\/([^/]+?)(?:_ecc)?)\/[^/]+\.(?:cer|key)$/.exec(path),
      ([, home, name]) => `${home}/${name}.conf`,
      2,
    ),
  lines: '^Le_Domain=.*',
  renews: (lines, name) => lines.some((line) => unquoted(line) === name),
  says: 'lists this certificate for renewal',
  stop: removeFromAcmeSh,
};

/** `--remove` only takes the certificate off the list; its files stay (acmesh-official/acme.sh#1137). */
function removeFromAcmeSh({ path }: Note): string {
  const [, ecc, name] = /(_ecc)?\/([^/]*)\.conf$/.exec(path) ?? [];
  return `run "acme.sh --remove -d ${name}${ecc === undefined ? '' : ' --ecc'}" (it keeps the files)`;
}

/** Value of a line `Le_Domain='shop.example'`. */
export const unquoted = (line: string): string =>
  line.slice(line.indexOf('=') + 1).replace(/^(['"])(.*)\1$/, '$2');

/** Files that acme.sh copies a certificate to (`--install-cert`) stand in the note of the certificate, `NAME.conf`. */
export const acmeShCopies = {
  who: acmeSh.who,
  /** Where such notes lie, as the command interpreter expands it: the homes of its users, and what packages use. */
  places: [
    '"$HOME"/.acme.sh/*/*.conf',
    '/root/.acme.sh/*/*.conf',
    '/home/*/.acme.sh/*/*.conf',
    '/etc/acme.sh/*/*.conf',
    '/usr/local/acme.sh/*/*.conf',
    '/opt/acme.sh/*/*.conf',
  ],
  lines: '^Le_Real(Cert|Key|FullChain)Path=.*',
  says: 'has it installed here after each renewal',
  stop: removeFromAcmeSh,
};

/** `/home/USER/conf/web/NAME/ssl`; what it renews has LETSENCRYPT='yes' in the list of the user's sites (HestiaCP's func). */
const hestia: CertificateManager = {
  who: 'HestiaCP',
  notes: (path) =>
    noteOf(
      /^\/home\/([^/]+)\/conf\/web\/([^/]+)\/ssl\/[^/]+$/.exec(path),
      ([, user]) => `/usr/local/hestia/data/users/${user}/web.conf`,
      2,
    ),
  lines: "^DOMAIN='[^']*'|LETSENCRYPT='yes'",
  // a site that is renewed has the second right behind the first
  renews: (lines, name) =>
    lines.some((line, at) => line === `DOMAIN='${name}'` && lines[at + 1] === "LETSENCRYPT='yes'"),
  says: 'lists this certificate for renewal',
  stop: ({ name }) => `turn off "Use Let's Encrypt" for ${name} in HestiaCP`,
};

/** A control panel that has all certificates below one directory, and is there while this file of its own is. */
function panel(who: string, below: RegExp, own: string, lines = '^[0-9].*'): CertificateManager {
  return {
    who,
    notes: (path) => noteOf(below.exec(path), () => own, 1),
    lines,
    renews: (lines) => lines.length > 0,
    says: `shows that ${who} is installed, and it keeps its certificates in this directory`,
    stop: () => `give the server files outside the directories of ${who}`,
  };
}

/** Programs whose notes are found by the path of what they manage. */
export const certificateManagers: readonly CertificateManager[] = [
  ...[certbot, acmeSh, lego, caddy, modMd, dehydrated, hestia],
  panel('Plesk', /^\/(?:usr\/local|opt)\/psa\/var\/certificates\/([^/]+)$/, '/usr/local/psa/version'),
  panel('cPanel', /^\/var\/cpanel\/ssl\/(?:.*\/)?([^/]+)$/, '/usr/local/cpanel/version'),
  panel(
    'DirectAdmin',
    /^\/usr\/local\/directadmin\/data\/users\/[^/]+\/domains\/([^/]+)$/,
    '/usr/local/directadmin/conf/directadmin.conf',
    '^servername=',
  ),
];
