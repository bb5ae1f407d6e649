import { Button, Spinner, Tooltip } from '@fluentui/react-components';
import { useState } from 'react';
import { en } from '../../text/en.ts';
import { AgainIcon } from '../icons.ts';

/** Asks again. What changes comes on its own; this is for who wants to be sure. */
export function RefreshButton({ refresh }: { refresh(): Promise<unknown> }) {
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await refresh();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Tooltip content={busy ? en.answer.waiting : en.table.refresh} relationship="label">
      <Button
        appearance="subtle"
        icon={busy ? <Spinner size="tiny" /> : <AgainIcon />}
        disabledFocusable={busy}
        onClick={() => void run()}
      />
    </Tooltip>
  );
}
