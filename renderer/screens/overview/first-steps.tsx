import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import type { Overview } from '#shared/model/overview.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { AddIcon, ShieldLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { AuthorityStep, NameStep, OutboundStep, SecretsStep } from './step-forms.tsx';
import { type StepId, type Steps, stepIds, useSteps } from './use-steps.ts';

const words = en.firstSteps;

const useStyles = makeStyles({
  box: { maxWidth: '720px', margin: '0 auto', paddingBottom: tokens.spacingVerticalL },
  icon: { fontSize: '32px', color: tokens.colorBrandForeground1, display: 'inline-flex' },
  title: {
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
    margin: `0 0 ${tokens.spacingVerticalXS}`,
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
  },
  list: { listStyle: 'none', padding: 0, margin: `${tokens.spacingVerticalM} 0` },
  item: {
    display: 'grid',
    gridTemplateColumns: '28px minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    alignItems: 'start',
    padding: `${tokens.spacingVerticalS} 0`,
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  number: {
    display: 'grid',
    placeItems: 'center',
    width: '28px',
    height: '28px',
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorBrandForeground2,
    fontWeight: tokens.fontWeightSemibold,
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: tokens.spacingHorizontalM },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, flexGrow: 1 },
  text: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
  buttons: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'end',
    gap: tokens.spacingHorizontalS,
    marginTop: tokens.spacingVerticalXS,
  },
  command: { marginTop: tokens.spacingVerticalS },
});

interface FirstStepsProps {
  overview: Overview;
  onAdd(): void;
}

/** Nothing added yet: the five steps from here to the first certificate. Each is done here or skipped, in any order. */
export function FirstSteps({ overview, onAdd }: FirstStepsProps) {
  const styles = useStyles();
  const steps = useSteps(overview);
  return (
    <div className={styles.box}>
      <h2 className={styles.title}>
        <span className={styles.icon} aria-hidden="true">
          <ShieldLargeIcon />
        </span>
        {en.overview.start}
      </h2>
      <span className={styles.text}>{en.overview.startText}</span>
      <StepList steps={steps} onAdd={onAdd} />
    </div>
  );
}

/** Below the first endpoint: what is still to do of the steps that were begun in this window, until a person hides it. */
export function StepsLeft({ overview, onAdd }: FirstStepsProps) {
  const steps = useSteps(overview);
  const [open, setOpen] = useState(false);
  const left = stepIds.filter((id) => steps.state(id) === 'to-do');
  if (!steps.begun || steps.hidden || left.length === 0) return null;
  return (
    <Section
      title={words.left(stepIds.length - left.length, stepIds.length)}
      actions={
        <>
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? en.some.less : words.resume}
          </Button>
          <Button appearance="subtle" onClick={steps.hide}>
            {words.hide}
          </Button>
        </>
      }
    >
      {open ? <StepList steps={steps} onAdd={onAdd} /> : left.map((id) => words.titles[id]).join(', ')}
    </Section>
  );
}

function StepList({ steps, onAdd }: { steps: Steps; onAdd(): void }) {
  const styles = useStyles();
  const forms: Record<StepId, ReactNode> = {
    secrets: <SecretsStep />,
    name: <NameStep onDone={() => steps.skip('name', false)} />,
    outbound: <OutboundStep onKeep={() => steps.skip('outbound')} />,
    authority: <AuthorityStep onKeep={() => steps.skip('authority')} />,
    endpoint: (
      <>
        <Button appearance="primary" icon={<AddIcon />} onClick={onAdd}>
          {en.overview.startButton}
        </Button>
        <Rehearsal />
      </>
    ),
  };
  return (
    <ol className={styles.list}>
      {stepIds.map((id, index) => (
        <li key={id} className={styles.item} data-step={id} data-state={steps.state(id)}>
          <span className={styles.number} aria-hidden="true">
            {index + 1}
          </span>
          <div>
            <div className={styles.head}>
              <h3 className={styles.name}>{words.titles[id]}</h3>
              <StepState id={id} steps={steps} />
            </div>
            <div className={styles.text}>{words.texts[id]}</div>
            {steps.state(id) !== 'done' && <div className={styles.buttons}>{forms[id]}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepState({ id, steps }: { id: StepId; steps: Steps }) {
  const state = steps.state(id);
  if (state === 'done') return <Level shade="ok">{words.done}</Level>;
  if (state === 'skipped') return <Level shade="off">{words.skipped}</Level>;
  return (
    <Button
      size="small"
      appearance="subtle"
      aria-label={words.skip(words.titles[id])}
      onClick={() => steps.skip(id)}
    >
      {words.skipShort}
    </Button>
  );
}

/** The whole job once with nothing installed; a command, since it makes an agent of its own. */
function Rehearsal() {
  const styles = useStyles();
  return (
    <div className={styles.command}>
      <CommandBox line={commandLine('rehearse', '', {})} title={words.rehearse} />
    </div>
  );
}
