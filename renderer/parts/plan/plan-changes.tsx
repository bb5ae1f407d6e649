import { makeStyles, tokens } from '@fluentui/react-components';
import type { ComponentType } from 'react';
import type { Drawing } from '#shared/model/changes/change-kind.ts';
import { type AnyChangeKind, type Change, counted, groupsOf } from '#shared/model/changes/index.ts';
import { CommandsIcon, EditsIcon, FilesIcon } from '../icons.ts';
import { Section } from '../section.tsx';
import { PlanLines } from './plan-lines.tsx';
import { PlanStates } from './plan-states.tsx';

const useStyles = makeStyles({
  list: {
    margin: 0,
    paddingLeft: tokens.spacingHorizontalXL,
    display: 'grid',
    gap: tokens.spacingVerticalSNudge,
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  promise: { color: tokens.colorNeutralForeground3, margin: `${tokens.spacingVerticalS} 0 0` },
  command: {
    display: 'block',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase300,
    overflowWrap: 'anywhere',
  },
});

const icons: Record<Drawing['as'], ComponentType> = {
  states: FilesIcon,
  lines: EditsIcon,
  command: CommandsIcon,
};

/** Every change of a plan by its kind, each drawn as its kind says. */
export function PlanChanges({ changes }: { changes: readonly Change[] }) {
  return groupsOf(changes).map((group) => <Group key={group.kind.name} {...group} />);
}

function Group({ kind, changes }: { kind: AnyChangeKind; changes: readonly Change[] }) {
  const styles = useStyles();
  const Icon = icons[kind.drawnAs];
  return (
    <Section title={kind.heading} note={counted(kind, changes.length)} icon={<Icon />}>
      {changes.length === 0 ? (
        <span className={styles.quiet}>{kind.none}</span>
      ) : (
        <>
          <Drawn kind={kind} changes={changes} />
          <p className={styles.promise}>{kind.promise}</p>
        </>
      )}
    </Section>
  );
}

function Drawn({ kind, changes }: { kind: AnyChangeKind; changes: readonly Change[] }) {
  const styles = useStyles();
  switch (kind.drawnAs) {
    case 'states':
      return <PlanStates kind={kind} changes={changes} />;
    case 'lines':
      return changes.map((change) => {
        const drawing = kind.draw(change);
        if (drawing.as !== 'lines') return null;
        return <PlanLines key={kind.place(change)} drawing={drawing} sentence={kind.sentence(change)} />;
      });
    case 'command':
      return (
        <ol className={styles.list}>
          {changes.map((change) => (
            <li key={kind.place(change)}>
              <code className={styles.command}>{kind.place(change)}</code>
              <span className={styles.quiet}>{kind.sentence(change)}</span>
            </li>
          ))}
        </ol>
      );
  }
}
