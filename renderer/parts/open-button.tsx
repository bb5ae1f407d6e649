import { Button, type ButtonProps, useRestoreFocusTarget } from '@fluentui/react-components';

/** A button that opens something over the page: when that is closed, the keyboard is back where it was. */
export function OpenButton(props: ButtonProps) {
  return <Button {...useRestoreFocusTarget()} {...props} />;
}
