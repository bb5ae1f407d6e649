import { makeStyles, Radio, RadioGroup } from '@fluentui/react-components';
import type { ControlGiven } from './field-input.tsx';

const useStyles = makeStyles({ wrap: { flexWrap: 'wrap' } });

/** A choice whose answers lie open beside each other; `labels` has the words of each, in order. Those that the field does not have are left out. */
export function RadioControl<Choice extends string>({
  field,
  text,
  frame,
  onChange,
  labels,
}: ControlGiven & { labels: Readonly<Record<Choice, string>> }) {
  const styles = useStyles();
  return (
    <RadioGroup
      {...frame}
      className={styles.wrap}
      layout="horizontal"
      value={text}
      data-field={field.name}
      onChange={(_, data) => onChange(data.value)}
    >
      {Object.entries<string>(labels)
        .filter(([choice]) => field.choices?.includes(choice) !== false)
        .map(([choice, label]) => (
          <Radio key={choice} value={choice} label={label} />
        ))}
    </RadioGroup>
  );
}
