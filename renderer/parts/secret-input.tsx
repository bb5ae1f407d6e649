import { type FieldControlProps, makeStyles, tokens } from '@fluentui/react-components';
import type { RefObject } from 'react';

const useStyles = makeStyles({
  box: {
    boxSizing: 'border-box',
    width: '100%',
    minHeight: '32px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    font: 'inherit',
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderBottomColor: tokens.colorNeutralStrokeAccessible,
    borderRadius: tokens.borderRadiusMedium,
    ':hover': { borderBottomColor: tokens.colorNeutralStrokeAccessibleHover },
    ':focus': {
      outlineStyle: 'none',
      borderBottomColor: tokens.colorCompoundBrandStroke,
      boxShadow: `inset 0 -1px 0 0 ${tokens.colorCompoundBrandStroke}`,
    },
    '&[aria-invalid="true"]': { border: `1px solid ${tokens.colorPaletteRedBorder2}` },
  },
});

/** A field whose text nobody keeps: the components of the library hold theirs in their state, a plain one does not. */
export function SecretInput({
  box,
  name,
  ...frame
}: FieldControlProps & { box: RefObject<HTMLInputElement | null>; name: string }) {
  const styles = useStyles();
  return (
    <input
      {...frame}
      ref={box}
      className={styles.box}
      type="password"
      autoComplete="new-password"
      spellCheck={false}
      data-field={name}
    />
  );
}
