import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  type DialogOpenChangeData,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { after } from '../bridge/clock.ts';
import { en } from '../text/en.ts';
import { FailureBar } from './failure-bar.tsx';
import { CloseIcon } from './icons.ts';

const useStyles = makeStyles({
  buttons: { '& button': { whiteSpace: 'nowrap', flexShrink: 0 } },
  surface: { maxWidth: 'min(760px, calc(100vw - 48px))', maxHeight: 'calc(100vh - 32px)' },
  body: { maxHeight: 'calc(100vh - 82px)' },
  content: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    paddingRight: tokens.spacingHorizontalS,
    paddingBottom: tokens.spacingVerticalS,
  },
});

interface FormDialogProps {
  title: string;
  /** Label of the button that sends; null: nothing to send any more. */
  submit: string | null;
  busy?: boolean;
  failure?: FailureData | null;
  /** Gives up what `busy` waits for; then every way to close means that. Left out: closing waits for it. */
  onCancel?(): void;
  /** More buttons, left of the last. */
  actions?: ReactNode;
  closeLabel?: string;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}

/** A dialog with a form: fields scroll, buttons stay, Enter sends, Escape closes; a click beside it only while nothing was typed. */
export function FormDialog(props: FormDialogProps) {
  const styles = useStyles();
  const { title, submit, busy = false, failure = null, actions, closeLabel = en.dialog.cancel } = props;
  const form = useRef<HTMLFormElement>(null);
  const typed = useRef(false);
  useFirstQuestion(form);
  useSomeFocus(form, title);
  // What is wrong is said above the fields; the button that was pressed is below them.
  useEffect(() => {
    if (failure !== null) form.current?.querySelector('.fui-DialogContent')?.scrollTo({ top: 0 });
  }, [failure]);
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy && submit !== null) props.onSubmit();
  };
  const closed = (by: DialogOpenChangeData['type']): void => {
    if (by === 'backdropClick' && (busy || typed.current)) return;
    if (!busy) props.onClose();
    else props.onCancel?.();
  };
  const stuck = busy && props.onCancel === undefined;
  const input = (): void => {
    typed.current = true;
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && closed(data.type)}>
      <DialogSurface className={styles.surface}>
        <form ref={form} onSubmit={sent} onInput={input} noValidate>
          <DialogBody className={styles.body}>
            <DialogTitle action={<CloseButton disabled={stuck} onClose={() => closed('triggerClick')} />}>
              {title}
            </DialogTitle>
            <DialogContent className={styles.content}>
              <FailureBar failure={failure} />
              {props.children}
            </DialogContent>
            {actions !== undefined && (
              <DialogActions position="start" className={styles.buttons}>
                {actions}
              </DialogActions>
            )}
            <Buttons
              submit={submit}
              busy={busy}
              stuck={stuck}
              closeLabel={busy ? en.dialog.cancel : closeLabel}
              onClose={() => closed('triggerClick')}
            />
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

/** The dialog focuses its close button; a person who opened a form wants its first question, or the button that sends. */
function useFirstQuestion(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const timer = after(60, () => {
      // who is typing already must not find the rest of it, a passphrase perhaps, in another field
      if (form.current?.querySelector(':is(input, textarea, select):focus')) return;
      const first = form.current?.querySelector<HTMLElement>('input, textarea, select');
      (first ?? form.current?.querySelector<HTMLElement>('[type=submit]'))?.focus();
    });
    return () => timer.cancel();
  }, [form]);
}

/** What had the focus is gone with what was asked before: without one in the dialog, Escape would reach nobody. */
function useSomeFocus(form: RefObject<HTMLFormElement | null>, title: string): void {
  const before = useRef(title);
  useEffect(() => {
    if (before.current === title) return;
    before.current = title;
    if (form.current?.contains(document.activeElement)) return;
    form.current?.querySelector('button')?.focus(); // the one that closes: a second Enter must not send
  }, [form, title]);
}

function CloseButton({ disabled, onClose }: { disabled: boolean; onClose(): void }) {
  return (
    <Button
      appearance="subtle"
      aria-label={en.dialog.close}
      icon={<CloseIcon />}
      disabled={disabled}
      onClick={onClose}
    />
  );
}

interface ButtonsProps {
  submit: string | null;
  busy: boolean;
  /** Under way, and nothing gives it up. */
  stuck: boolean;
  closeLabel: string;
  onClose(): void;
}

function Buttons({ submit, busy, stuck, closeLabel, onClose }: ButtonsProps) {
  const styles = useStyles();
  return (
    <DialogActions className={styles.buttons}>
      <Button onClick={onClose} disabled={stuck}>
        {closeLabel}
      </Button>
      {submit !== null && (
        <Button
          appearance="primary"
          type="submit"
          // it keeps the focus: without one in the dialog, Escape would reach nobody
          disabledFocusable={busy}
          {...(busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {submit}
        </Button>
      )}
    </DialogActions>
  );
}
