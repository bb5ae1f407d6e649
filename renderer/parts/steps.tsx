import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import type { FailureData } from '#shared/failure.ts';
import type { StepState, TaskStep } from '#shared/model/task.ts';
import { useNow } from '../bridge/time.ts';
import { en } from '../text/en.ts';
import { FailureBar } from './failure-bar.tsx';
import { forcedColours } from './forced-colours.ts';
import { duration } from './format.ts';
import { AttentionIcon, ClockIcon, DangerIcon, OkIcon, SkippedIcon, ToDoIcon } from './icons.ts';
import { LongText } from './long-text.tsx';
import { Time } from './time.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: { display: 'grid', gridTemplateColumns: '24px minmax(0, 1fr)', columnGap: tokens.spacingHorizontalM },
  rail: { display: 'flex', flexDirection: 'column', alignItems: 'center', paddingTop: '3px' },
  line: {
    flexGrow: 1,
    width: '2px',
    backgroundColor: tokens.colorNeutralStroke2,
    marginTop: '3px',
    minHeight: '10px',
    [forcedColours]: { forcedColorAdjust: 'none', backgroundColor: 'GrayText' },
  },
  body: { paddingBottom: tokens.spacingVerticalM, minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'baseline' },
  name: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3 },
  aside: {
    color: tokens.colorNeutralForeground3,
    marginLeft: 'auto',
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'nowrap',
  },
  sentence: { overflowWrap: 'anywhere', color: tokens.colorNeutralForeground2 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  warn: { color: tokens.colorStatusWarningForeground3 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  live: { color: tokens.colorBrandForeground1 },
});

/** The steps of a task in order, as they happen. What is `said` above them already is not made large again. */
export function Steps({ steps, said = null }: { steps: readonly TaskStep[]; said?: FailureData | null }) {
  const styles = useStyles();
  return (
    <ol className={styles.list}>
      {steps.map((step, index) => (
        <li key={step.name} className={styles.item} data-step={step.name} data-state={step.state}>
          <span className={styles.rail}>
            <StepSign state={step.state} />
            {index < steps.length - 1 && <span className={styles.line} />}
          </span>
          <div className={styles.body}>
            <div className={styles.head}>
              <span className={mergeClasses(step.state === 'to-do' ? styles.quiet : styles.name)}>
                {en.steps.names[step.name]}
              </span>
              <span className={styles.quiet}>
                {en.steps.states[step.state]}
                {step.attempt > 1 && `, ${en.steps.attempt(step.attempt)}`}
              </span>
              <span className={styles.aside}>
                <StepTime step={step} />
              </span>
            </div>
            <StepWords step={step} said={said} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepWords({ step, said }: { step: TaskStep; said: FailureData | null }) {
  const styles = useStyles();
  const { sentence, failure } = step;
  const large = failure !== null && failure.sentence !== said?.sentence;
  const words = sentence ?? failure?.sentence ?? null;
  return (
    <>
      {words !== null && !(large && words === failure.sentence) && (
        <div className={styles.sentence}>
          <LongText text={words} />
        </div>
      )}
      {large && <FailureBar failure={failure} />}
    </>
  );
}

function StepTime({ step }: { step: TaskStep }) {
  const now = useNow();
  if (step.startedAt === null) return null;
  if (step.finishedAt !== null) return duration(Math.max(0, step.finishedAt - step.startedAt));
  return now - step.startedAt < 60_000 ? (
    <Time at={step.startedAt} />
  ) : (
    en.steps.since(duration(now - step.startedAt))
  );
}

function StepSign({ state }: { state: StepState }) {
  const styles = useStyles();
  switch (state) {
    case 'running':
      return <Spinner size="extra-tiny" aria-hidden="true" />;
    case 'done':
      return <OkIcon className={styles.good} aria-hidden="true" />;
    case 'done-with-warning':
      return <AttentionIcon className={styles.warn} aria-hidden="true" />;
    case 'failed':
      return <DangerIcon className={styles.bad} aria-hidden="true" />;
    case 'waiting':
      return <ClockIcon className={styles.live} aria-hidden="true" />;
    case 'skipped':
      return <SkippedIcon className={styles.quiet} aria-hidden="true" />;
    case 'to-do':
      return <ToDoIcon className={styles.quiet} aria-hidden="true" />;
    default:
      return state satisfies never;
  }
}
