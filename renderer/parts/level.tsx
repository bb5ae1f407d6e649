import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { HealthLevel } from '#shared/model/overview.ts';
import { AttentionIcon, ClockIcon, DangerIcon, InfoIcon, OkIcon, SkippedIcon, UnknownIcon } from './icons.ts';

/** `busy` and `off` are ours: something is going on, or was taken back. */
export type Shade = HealthLevel | 'busy' | 'off' | 'info';

const useStyles = makeStyles({
  badge: {
    display: 'inline-flex',
    alignItems: 'baseline',
    gap: tokens.spacingHorizontalXS,
    minWidth: 0,
  },
  pill: {
    padding: `1px ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusCircular,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    fontWeight: tokens.fontWeightSemibold,
    whiteSpace: 'nowrap',
    alignItems: 'center',
  },
  icon: {
    display: 'inline-flex',
    flexShrink: 0,
    alignSelf: 'flex-start',
    height: '20px',
    alignItems: 'center',
  },
  pillIcon: { height: tokens.lineHeightBase200 },
  ok: { color: tokens.colorStatusSuccessForeground1 },
  attention: { color: tokens.colorStatusWarningForeground3 },
  danger: { color: tokens.colorStatusDangerForeground1 },
  unknown: { color: tokens.colorNeutralForeground3 },
  busy: { color: tokens.colorBrandForeground1 },
  okPill: { backgroundColor: tokens.colorStatusSuccessBackground1 },
  attentionPill: { backgroundColor: tokens.colorStatusWarningBackground1 },
  dangerPill: { backgroundColor: tokens.colorStatusDangerBackground1 },
  unknownPill: { backgroundColor: tokens.colorNeutralBackground4 },
  busyPill: { backgroundColor: tokens.colorBrandBackground2 },
  plainText: { color: tokens.colorNeutralForeground1 },
});

const icons = {
  ok: OkIcon,
  attention: AttentionIcon,
  danger: DangerIcon,
  unknown: UnknownIcon,
  busy: ClockIcon,
  off: SkippedIcon,
  info: InfoIcon,
} as const;

const colours = {
  ok: 'ok',
  attention: 'attention',
  danger: 'danger',
  unknown: 'unknown',
  busy: 'busy',
  off: 'unknown',
  info: 'busy',
} as const;
const backs = {
  ok: 'okPill',
  attention: 'attentionPill',
  danger: 'dangerPill',
  unknown: 'unknownPill',
  busy: 'busyPill',
  off: 'unknownPill',
  info: 'busyPill',
} as const;

/** A state in words with its sign: shape and word say it, colour only repeats it. */
export function Level({
  shade,
  pill = false,
  children,
}: {
  shade: Shade;
  pill?: boolean;
  children: ReactNode;
}) {
  const styles = useStyles();
  return (
    <span
      className={mergeClasses(
        styles.badge,
        styles[colours[shade]],
        pill && styles.pill,
        pill && styles[backs[shade]],
      )}
    >
      <LevelSign shade={shade} small={pill} />
      <span className={pill ? undefined : styles.plainText}>{children}</span>
    </span>
  );
}

/** The sign alone; the words beside it must say the same. */
export function LevelSign({ shade, small = false }: { shade: Shade; small?: boolean }) {
  const styles = useStyles();
  const Icon = icons[shade];
  return (
    <span
      className={mergeClasses(styles.icon, small && styles.pillIcon, styles[colours[shade]])}
      data-shade={shade}
    >
      <Icon aria-hidden="true" />
    </span>
  );
}
