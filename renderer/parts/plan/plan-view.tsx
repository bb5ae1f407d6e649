import { makeStyles, tokens } from '@fluentui/react-components';
import { authorityKind } from '#shared/catalog/authorities/index.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import { comparedPlaces, knownOfNode } from '#shared/model/compared.ts';
import type { InstallPlan, Plan } from '#shared/model/plan.ts';
import { en } from '../../text/en.ts';
import { Facts } from '../facts.tsx';
import { Hash, Mono } from '../hash.tsx';
import { KeyIcon, ProofsIcon, SharesIcon, VerifyIcon } from '../icons.ts';
import { Notice } from '../notice.tsx';
import { Section } from '../section.tsx';
import { Names, Some } from '../some.tsx';
import { PlanChanges } from './plan-changes.tsx';

const useStyles = makeStyles({
  list: {
    margin: 0,
    paddingLeft: tokens.spacingHorizontalXL,
    display: 'grid',
    gap: tokens.spacingVerticalSNudge,
  },
  why: { color: tokens.colorNeutralForeground3 },
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  warning: { whiteSpace: 'normal' },
});

/** Exactly what would change: the same list that `--dry-run` prints and that the audit keeps. */
export function PlanView({ plan }: { plan: Plan }) {
  const styles = useStyles();
  const { install } = plan;
  return (
    <div className={styles.stack}>
      {plan.loses !== undefined && (
        <Notice intent="warning" title={en.plan.loses}>
          <Names names={plan.loses} most={20} />
        </Notice>
      )}
      {install.takesOver?.map((one) => (
        <Notice key={one.evidence} intent="warning" title={en.plan.takesOver(one)}>
          {one.sentence}
        </Notice>
      ))}
      {install.warnings.map((warning) => (
        <Notice key={warning} intent="warning">
          {warning}
        </Notice>
      ))}
      <Section title={en.plan.asked} icon={<KeyIcon />}>
        <Facts facts={askedFacts(plan, styles)} />
      </Section>
      <PlanChanges changes={install.changes} />
      <Section title={en.plan.shares} icon={<SharesIcon />}>
        {install.shares === null && <span className={styles.why}>{en.plan.sharesUnknown}</span>}
        {install.shares?.length === 0 && <span className={styles.why}>{en.plan.noShares}</span>}
        <ul className={styles.list}>
          <Some
            all={install.shares ?? []}
            most={20}
            draw={(share) => (
              <li key={share.what + share.who}>
                <strong>{share.who}</strong>{' '}
                <span className={styles.why}>({en.plan.sharing[share.what]})</span>
                <br />
                {share.sentence}
              </li>
            )}
          />
        </ul>
      </Section>
      <Proofs proofs={install.proofs} />
      <Compared install={install} />
      {install.coldStart !== undefined && (
        <Section title={en.plan.coldStart} icon={<VerifyIcon />}>
          <span className={styles.why}>{install.coldStart.sentence}</span>
        </Section>
      )}
      <Section title={en.plan.boundTo} icon={<VerifyIcon />}>
        <Facts facts={boundFacts(install)} />
      </Section>
      <Facts
        facts={[
          [en.plan.fingerprint, <Hash key="f" value={plan.fingerprint} what={en.plan.fingerprint} whole />],
        ]}
      />
    </div>
  );
}

function Compared({ install }: { install: InstallPlan }) {
  const styles = useStyles();
  const compared = comparedPlaces(install);
  if (compared.length === 0) return null;
  return (
    <Section title={en.plan.compared} icon={<VerifyIcon />}>
      <p style={{ marginTop: 0 }}>{en.plan.comparedMeaning}</p>
      <ul className={styles.list}>
        {compared.map(({ sentence, places }) => (
          <li key={sentence}>
            {sentence}
            <Some all={places} most={3} draw={(place) => <div key={place}>{place}</div>} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Proofs({ proofs }: Pick<InstallPlan, 'proofs'>) {
  const styles = useStyles();
  return (
    <Section title={en.plan.proofs} icon={<ProofsIcon />}>
      <p style={{ marginTop: 0 }}>{proofs.length === 0 ? en.plan.noProofs : en.plan.proofsMeaning}</p>
      <ul className={styles.list}>
        <Some
          all={proofs}
          draw={(proof) => (
            <li key={`${proof.address} ${proof.port} ${proof.serverName}`}>
              <Mono>{en.plan.proof(proof)}</Mono>
            </li>
          )}
        />
      </ul>
    </Section>
  );
}

function askedFacts(plan: Plan, styles: ReturnType<typeof useStyles>) {
  return [
    [en.plan.names, <Names key="names" names={plan.names} />],
    [en.plan.reason, en.plan.reasons[plan.reason]],
    [en.plan.where, `${plan.endpointName} / ${plan.nodeName} (${plan.bound.connection})`],
    [en.plan.authority, en.plan.authorityText(plan.authority.name, authorityWord(plan.authority.kind))],
    [
      en.plan.fallback,
      plan.fallback === undefined
        ? null
        : en.plan.authorityText(plan.fallback.name, authorityWord(plan.fallback.kind)),
    ],
    [en.plan.fallbackWebRoot, plan.fallback?.webRoot ?? null],
    [en.plan.terms, en.plan.termsText(plan.terms)],
    [en.plan.webRoot, plan.webRoot ?? null],
    [
      en.plan.group,
      plan.group === undefined
        ? null
        : en.plan.groupText(plan.group.places[0] ?? '', plan.group.places.slice(1)),
    ],
    [en.plan.restarts, plan.restarts === undefined ? null : en.plan.restartsText],
    [
      en.plan.issued,
      plan.issued === undefined
        ? null
        : en.plan.issuedText(
            plan.issued.orderNumber,
            new Date(plan.issued.notAfter).toISOString().slice(0, 10),
          ),
    ],
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

/** What the plan stands on and what its adapter remembers: none of it changes, all of it is approved. */
function boundFacts(install: InstallPlan) {
  const { standsOn, remembers } = install;
  const known = knownOfNode(install);
  const contents = standsOn.filter((one) => one.what === 'content').length;
  const links = standsOn.flatMap((one) => (one.what === 'link' ? [en.plan.link(one.name, one.leadsTo)] : []));
  return [
    [en.plan.unchanged, contents === 0 ? null : en.plan.contents(contents)],
    [
      en.plan.links,
      links.length === 0 ? null : <Some key="l" all={links} draw={(one) => <div key={one}>{one}</div>} />,
    ],
    ...remembers.facts.map(({ label, value }) => [label, value] as const),
    [
      en.plan.known,
      known.length === 0 ? null : <Some key="k" all={known} draw={(one) => <div key={one}>{one}</div>} />,
    ],
  ] as const;
}
