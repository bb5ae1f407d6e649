import { Button, Tooltip } from '@fluentui/react-components';
import { useState } from 'react';
import { copyText } from '../bridge/desktop.ts';
import { en } from '../text/en.ts';
import { CopyIcon, TickIcon } from './icons.ts';

/** Copies and says so in its own name, where screen readers hear it. */
export function CopyButton(props: {
  /** What is copied, made when it is. */
  text: string | (() => string);
  what: string;
  label?: string;
  /** With a label it is as large as other buttons, unless those beside it are small. */
  size?: 'small' | 'medium';
}) {
  const { text, what, label, size = label === undefined ? 'small' : 'medium' } = props;
  const [done, setDone] = useState<'idle' | 'copied' | 'refused'>('idle');
  const name =
    done === 'copied' ? en.copy.copied(what) : done === 'refused' ? en.copy.refused : en.copy.copy(what);
  const copy = async (): Promise<void> =>
    setDone((await copyText(typeof text === 'string' ? text : text())) ? 'copied' : 'refused');
  return (
    <Tooltip content={name} relationship="label">
      <Button
        appearance={label === undefined ? 'transparent' : 'secondary'}
        size={size}
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
