import { Button, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { type ChangeEvent, useRef } from 'react';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS, alignItems: 'flex-start' },
  grow: { flexGrow: 1, fontFamily: tokens.fontFamilyMonospace },
  chooser: { flexShrink: 0, whiteSpace: 'nowrap' },
  hidden: { display: 'none' },
});

/** Text from a file of this machine, or pasted. The file itself is not remembered. */
export function FileInput({
  name,
  value,
  onChange,
  ...frame
}: {
  name: string;
  value: string;
  onChange(value: string): void;
}) {
  const styles = useStyles();
  const chooser = useRef<HTMLInputElement>(null);
  const chosen = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file !== undefined) onChange(await file.text());
  };
  return (
    <div className={styles.row}>
      <Textarea
        {...frame}
        className={styles.grow}
        value={value}
        rows={3}
        resize="vertical"
        placeholder={en.form.filePlaceholder}
        data-field={name}
        onChange={(_, data) => onChange(data.value)}
      />
      <Button className={styles.chooser} onClick={() => chooser.current?.click()}>
        {en.form.chooseFile}
      </Button>
      <input
        ref={chooser}
        type="file"
        className={styles.hidden}
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => void chosen(event)}
      />
    </div>
  );
}
