import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { en } from '../text/en.ts';
import { FailureBar } from './failure-bar.tsx';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

interface ConfirmProps {
  open: boolean;
  title: string;
  yes: string;
  busy: boolean;
  failure: FailureData | null;
  onYes(): void;
  onClose(): void;
  children: ReactNode;
}

/** Asks before something that a person might not have meant. */
export function Confirm({ open, title, yes, busy, failure, onYes, onClose, children }: ConfirmProps) {
  const styles = useStyles();
  return (
    <Dialog open={open} modalType="alert" onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className={styles.content}>
            <div>{children}</div>
            <FailureBar failure={failure} />
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{en.dialog.cancel}</Button>
            <Button
              appearance="primary"
              disabledFocusable={busy}
              onClick={onYes}
              {...(busy ? { icon: <Spinner size="tiny" /> } : {})}
            >
              {yes}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
