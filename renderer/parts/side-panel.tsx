import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { en } from '../text/en.ts';
import { CloseIcon } from './icons.ts';

const useStyles = makeStyles({
  drawer: { width: 'min(560px, calc(100vw - 72px))' },
  body: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    paddingBottom: tokens.spacingVerticalL,
  },
  foot: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  title: { overflowWrap: 'anywhere' },
});

/** Details beside the list they come from. */
export function SidePanel(props: {
  title: ReactNode;
  foot?: ReactNode;
  onClose(): void;
  children: ReactNode;
}) {
  const styles = useStyles();
  // the keyboard is back here when what opened a dialog over the panel is gone: outside of it, Escape would close nothing
  const restored = useRestoreFocusTarget();
  return (
    <OverlayDrawer
      open
      position="end"
      className={styles.drawer}
      onOpenChange={(_, data) => !data.open && props.onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          className={styles.title}
          action={
            <Button
              {...restored}
              appearance="subtle"
              aria-label={en.dialog.close}
              icon={<CloseIcon />}
              onClick={props.onClose}
            />
          }
        >
          {props.title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>{props.children}</DrawerBody>
      {Boolean(props.foot) && <DrawerFooter className={styles.foot}>{props.foot}</DrawerFooter>}
    </OverlayDrawer>
  );
}
