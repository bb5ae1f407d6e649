import { makeStyles, tokens } from '@fluentui/react-components';
import { authorityKind } from '#shared/catalog/authorities/index.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import type { Plan } from '#shared/model/plan.ts';
import { en } from '../../text/en.ts';
import { Facts } from '../facts.tsx';
import { Hash, Mono } from '../hash.tsx';
import { CommandsIcon, EditsIcon, FilesIcon, KeyIcon, ProofsIcon, SharesIcon } from '../icons.ts';
import { Notice } from '../notice.tsx';
import { Section } from '../section.tsx';
import { PlanEdits } from './plan-edits.tsx';
import { PlanFiles } from './plan-files.tsx';

const useStyles = makeStyles({
  list: {
    margin: 0,
    paddingLeft: tokens.spacingHorizontalXL,
    display: 'grid',
    gap: tokens.spacingVerticalSNudge,
  },
  why: { color: tokens.colorNeutralForeground3 },
  names: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  name: {
    padding: `0 ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
  },
  command: {
    display: 'block',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase300,
    overflowWrap: 'anywhere',
  },
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  warning: { whiteSpace: 'normal' },
});

/** Exactly what would change: the same list that `--dry-run` prints and that the audit keeps. */
export function PlanView({ plan }: { plan: Plan }) {
  const styles = useStyles();
  const { install } = plan;
  return (
    <div className={styles.stack}>
      {install.warnings.map((warning) => (
        <Notice key={warning} intent="warning">
          {warning}
        </Notice>
      ))}
      <Section title={en.plan.asked} icon={<KeyIcon />}>
        <Facts facts={askedFacts(plan, styles)} />
      </Section>
      <Section title={en.plan.files} note={en.plan.fileCount(install.files.length)} icon={<FilesIcon />}>
        <PlanFiles files={install.files} />
      </Section>
      <Section title={en.plan.edits} note={en.plan.editCount(install.edits.length)} icon={<EditsIcon />}>
        {install.edits.length === 0 ? (
          <span className={styles.why}>{en.plan.noEdits}</span>
        ) : (
          <PlanEdits edits={install.edits} />
        )}
      </Section>
      <Section
        title={en.plan.commands}
        note={en.plan.commandCount(install.commands.length)}
        icon={<CommandsIcon />}
      >
        {install.commands.length === 0 && <span className={styles.why}>{en.plan.noCommands}</span>}
        <ol className={styles.list}>
          {install.commands.map((command) => (
            <li key={command.argv.join(' ')}>
              <code className={styles.command}>{command.argv.join(' ')}</code>
              <span className={styles.why}>{command.why}</span>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={en.plan.shares} icon={<SharesIcon />}>
        {install.shares.length === 0 && <span className={styles.why}>{en.plan.noShares}</span>}
        <ul className={styles.list}>
          {install.shares.map((share) => (
            <li key={share.what + share.who}>
              <strong>{share.who}</strong> <span className={styles.why}>({en.plan.sharing[share.what]})</span>
              <br />
              {share.sentence}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={en.plan.proofs} icon={<ProofsIcon />}>
        <p style={{ marginTop: 0 }}>
          {install.proofs.length === 0 ? en.plan.noProofs : en.plan.proofsMeaning}
        </p>
        <ul className={styles.list}>
          {install.proofs.map((proof) => (
            <li key={`${proof.address} ${proof.port} ${proof.serverName}`}>
              <Mono>{en.plan.proof(proof)}</Mono>
            </li>
          ))}
        </ul>
      </Section>
      <Facts
        facts={[
          [en.plan.fingerprint, <Hash key="f" value={plan.fingerprint} what={en.plan.fingerprint} whole />],
        ]}
      />
    </div>
  );
}

function askedFacts(plan: Plan, styles: ReturnType<typeof useStyles>) {
  return [
    [
      en.plan.names,
      <span key="names" className={styles.names}>
        {plan.names.map((name) => (
          <span key={name} className={styles.name}>
            {name}
          </span>
        ))}
      </span>,
    ],
    [en.plan.reason, en.plan.reasons[plan.reason]],
    [en.plan.where, `${plan.endpointName} / ${plan.nodeName} (${plan.bound.connection})`],
    [en.plan.authority, en.plan.authorityText(plan.authority.name, authorityWord(plan.authority.kind))],
    [en.plan.terms, en.plan.termsText(plan.terms)],
    [en.plan.keyType, en.keyTypes[plan.keyType]],
    [
      en.plan.keyPlace,
      <span key="place">
        {en.plan.keyPlaces[plan.keyPlace.where]}
        <br />
        <span className={styles.why}>{plan.keyPlace.why}</span>
      </span>,
    ],
  ] as const;
}

/** In one word; the id itself of a kind that this build does not know. */
function authorityWord(kind: string): string {
  const known = authorityKind.safeParse(kind);
  return known.success ? authorityDefinition({ kind: known.data }).short : kind;
}
