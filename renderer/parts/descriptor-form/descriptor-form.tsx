import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import type { Field } from '#shared/catalog/field.ts';
import { en } from '../../text/en.ts';
import { type DrawControl, FieldInput } from './field-input.tsx';
import { askedFields, type FormValues, isOwnFile } from './values.ts';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 250px), 1fr))',
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalM,
    alignItems: 'start',
    overflowWrap: 'anywhere',
    '& > *': { minWidth: 0 },
    '& .fui-Select, & .fui-Input, & .fui-Textarea': { width: '100%', minWidth: 0 },
    '& select': { minWidth: 0, textOverflow: 'ellipsis' },
  },
  wide: { gridColumn: '1 / -1' },
  form: { display: 'contents' },
  advanced: { marginTop: tokens.spacingVerticalM, marginLeft: `calc(-1 * ${tokens.spacingHorizontalM})` },
  panel: { marginLeft: tokens.spacingHorizontalM, marginRight: 0, paddingTop: tokens.spacingVerticalS },
});

interface DescriptorFormProps {
  fields: readonly Field[];
  values: FormValues;
  problems: Readonly<Record<string, string>>;
  onChange(values: FormValues): void;
  /** Something is kept already; the fields of what is kept say so and stay empty. */
  editing?: boolean;
  /** What is kept, where not every secret is. */
  kept?(field: Field): boolean;
  /** What is kept and may be taken away, by field name. */
  clearable?: readonly string[];
  /** Questions that are drawn in another way, over the whole width, by field name. */
  controls?: Readonly<Record<string, DrawControl>>;
  /** Choices known elsewhere, by field name: suggestions for text, limits for choices. */
  choices?: Readonly<Record<string, readonly string[]>>;
}

/** Draws any catalog entry: asks only what applies, the advanced questions behind a fold. */
export function DescriptorForm({
  fields,
  values,
  problems,
  onChange,
  editing = false,
  kept = (field) => editing && field.kind === 'secret',
  clearable = [],
  choices = {},
  controls = {},
}: DescriptorFormProps) {
  const styles = useStyles();
  const form = useFirstProblem(problems);
  const asked = askedFields(fields, values);
  const advanced = asked.filter((field) => field.advanced);
  const wrong = advanced.filter((field) => problems[field.name]);
  const draw = (field: Field) => (
    <div
      key={field.name}
      className={
        isWide(field, asked.length === 1) || controls[field.name] !== undefined ? styles.wide : undefined
      }
    >
      <FieldInput
        field={field}
        value={values[field.name] === undefined ? '' : (values[field.name] ?? null)}
        problem={problems[field.name]}
        kept={kept(field)}
        browsed={isOwnFile(field, values)}
        clearable={clearable.includes(field.name)}
        choices={choices[field.name]}
        control={controls[field.name]}
        onChange={(value) => onChange({ ...values, [field.name]: value })}
      />
    </div>
  );
  return (
    <div ref={form} className={styles.form}>
      <div className={styles.grid}>{asked.filter((field) => !field.advanced).map(draw)}</div>
      {advanced.length > 0 && (
        <Accordion
          collapsible
          className={styles.advanced}
          {...(wrong.length > 0 ? { openItems: ['advanced'] } : {})}
        >
          <AccordionItem value="advanced">
            <AccordionHeader size="small">{en.form.advanced(advanced.length)}</AccordionHeader>
            <AccordionPanel className={styles.panel}>
              <div className={styles.grid}>{advanced.map(draw)}</div>
            </AccordionPanel>
          </AccordionItem>
        </Accordion>
      )}
    </div>
  );
}

/** Puts the cursor where the first problem is, which may be out of sight. Goes onto the element around the fields. */
function useFirstProblem(problems: DescriptorFormProps['problems']) {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (Object.keys(problems).length === 0) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problems]);
  return form;
}

/** A path needs the whole width where nothing else stands beside it. */
function isWide(field: Field, alone: boolean): boolean {
  return field.kind === 'lines' || field.from === 'file' || (alone && field.kind === 'path');
}
