import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Overview } from '#shared/model/overview.ts';
import { forcedColours } from '../../parts/forced-colours.ts';
import { Level } from '../../parts/level.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  sentence: { fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  bar: {
    display: 'flex',
    gap: '2px',
    height: '10px',
    margin: `${tokens.spacingVerticalM} 0 ${tokens.spacingVerticalS}`,
  },
  part: { borderRadius: '2px', minWidth: '4px', boxSizing: 'border-box' },
  // without colours of our own: filled, a double border, a dotted one, a single one
  same: {
    backgroundColor: tokens.colorStatusSuccessBackground3,
    [forcedColours]: { forcedColorAdjust: 'none', backgroundColor: 'CanvasText' },
  },
  not: {
    backgroundColor: tokens.colorStatusDangerBackground3,
    [forcedColours]: { border: '3px double CanvasText' },
  },
  unknown: {
    backgroundColor: tokens.colorNeutralStroke1,
    [forcedColours]: { border: '1px dotted CanvasText' },
  },
  others: {
    backgroundColor: tokens.colorNeutralBackground5,
    boxShadow: `inset 0 0 0 1px ${tokens.colorNeutralStroke2}`,
    [forcedColours]: { border: '1px solid GrayText' },
  },
  legend: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXL },
});

/** How many managed nodes serve what they should, and how many are left to others; the words repeat what the bar shows. */
export function ServedBar({ overview }: { overview: Overview }) {
  const styles = useStyles();
  const { nodes } = overview;
  const others = nodes.total - nodes.managed;
  const parts = [
    { key: 'same', count: nodes.same, shade: 'ok', text: en.overview.same(nodes.same) },
    { key: 'not', count: nodes.notServed, shade: 'danger', text: en.overview.notServed(nodes.notServed) },
    { key: 'unknown', count: nodes.unknown, shade: 'unknown', text: en.overview.unknown(nodes.unknown) },
    { key: 'others', count: others, shade: 'off', text: en.overview.others(others) },
  ] as const;
  const shown = parts.filter((part) => part.count > 0);
  return (
    <Section title={en.overview.served} note={en.overview.managed(nodes.managed, nodes.total)}>
      <div className={styles.sentence}>
        <Level shade={overview.level}>{overview.sentence}</Level>
      </div>
      {shown.length > 0 && (
        <div className={styles.bar} aria-hidden="true">
          {shown.map((part) => (
            <div
              key={part.key}
              data-part={part.key}
              className={mergeClasses(styles.part, styles[part.key])}
              style={{ flexGrow: part.count }}
            />
          ))}
        </div>
      )}
      <div className={styles.legend}>
        {shown.map((part) => (
          <Level key={part.key} shade={part.shade}>
            {part.text}
          </Level>
        ))}
      </div>
    </Section>
  );
}
