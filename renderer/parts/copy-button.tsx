import { Button, Tooltip } from '@fluentui/react-components';
import { useState } from 'react';
import { copyText } from '../bridge/desktop.ts';
import { en } from '../text/en.ts';
import { CopyIcon, TickIcon } from './icons.ts';

/** Copies and says so in its own name, where screen readers hear it. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const [done, setDone] = useState<'idle' | 'copied' | 'refused'>('idle');
  const name =
    done === 'copied' ? en.copy.copied(what) : done === 'refused' ? en.copy.refused : en.copy.copy(what);
  const copy = async (): Promise<void> => setDone((await copyText(text)) ? 'copied' : 'refused');
  return (
    <Tooltip content={name} relationship="label">
      <Button
        appearance={label === undefined ? 'transparent' : 'secondary'}
        size="small"
        icon={done === 'copied' ? <TickIcon /> : <CopyIcon />}
        onClick={(event) => {
          event.stopPropagation();
          void copy();
        }}
        onBlur={() => setDone('idle')}
      >
        {label === undefined ? null : done === 'copied' ? en.copy.done : label}
      </Button>
    </Tooltip>
  );
}
