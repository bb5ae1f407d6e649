import { Checkbox, Field, Input, makeStyles, Select, Textarea, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { keyTypes } from '#shared/model/certificate.ts';
import { useBridge } from '../../bridge/context.tsx';
import { en } from '../../text/en.ts';
import type { RequestForm } from './request-input.ts';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 250px), 1fr))',
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalM,
    alignItems: 'start',
    '& > *': { minWidth: 0 },
    '& .fui-Select, & .fui-Input, & .fui-Textarea': { width: '100%', minWidth: 0 },
  },
  wide: { gridColumn: '1 / -1' },
});

interface RequestFieldsProps {
  form: RequestForm;
  problems: { names?: string; days?: string };
  authorities: readonly Authority[];
  onChange(change: Partial<RequestForm>): void;
}

export function RequestFields({ form, problems, authorities, onChange }: RequestFieldsProps) {
  const styles = useStyles();
  const authority = authorities.find((one) => one.name === form.authority);
  return (
    <div className={styles.grid}>
      <Field
        className={styles.wide}
        label={en.request.names}
        hint={en.request.namesHint}
        required
        {...problemProps(problems.names)}
      >
        <Textarea
          value={form.names}
          rows={Math.min(6, Math.max(2, form.names.split('\n').length))}
          resize="vertical"
          spellCheck={false}
          onChange={(_, data) => onChange({ names: data.value })}
        />
      </Field>
      <Field
        label={en.request.authority}
        hint={authority === undefined ? '' : authorityDefinition(authority).ordering}
      >
        <Select
          value={form.authority}
          onChange={(_, data) => onChange({ authority: data.value, profile: '' })}
        >
          {authorities.map((one) => (
            <option key={one.id} value={one.name}>
              {one.isDefault ? en.request.isDefault(one.name) : one.name}
            </option>
          ))}
        </Select>
      </Field>
      <KeyFields form={form} onChange={onChange} />
      <Field label={en.request.days} hint={en.request.daysHint} {...problemProps(problems.days)}>
        <Input value={form.days} inputMode="numeric" onChange={(_, data) => onChange({ days: data.value })} />
      </Field>
      <Field className={styles.wide} label={en.request.also} hint={en.request.alsoHint}>
        <Input value={form.also} onChange={(_, data) => onChange({ also: data.value })} />
      </Field>
      <Checkbox
        className={styles.wide}
        label={en.request.newOrder}
        checked={form.newOrder}
        onChange={(_, data) => onChange({ newOrder: data.checked === true })}
      />
      {authority !== undefined && profilesOf(authority) !== null && (
        <ProfileField
          authority={authority}
          value={form.profile}
          onChange={(profile) => onChange({ profile })}
        />
      )}
    </div>
  );
}

/** What kind of private key, and where it is made. */
function KeyFields({ form, onChange }: Pick<RequestFieldsProps, 'form' | 'onChange'>) {
  return (
    <>
      <Field label={en.request.keyType} hint={en.request.keyTypeHint}>
        <Select
          value={form.keyType}
          onChange={(_, data) => onChange({ keyType: data.value as RequestForm['keyType'] })}
        >
          <option value="">{en.request.keyTypeKept}</option>
          {keyTypes.map((one) => (
            <option key={one} value={one}>
              {en.keyTypes[one]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={en.request.keyPlace} hint={en.request.keyPlaceHints[form.keyPlace || 'auto']}>
        <Select
          value={form.keyPlace}
          onChange={(_, data) => onChange({ keyPlace: data.value as RequestForm['keyPlace'] })}
        >
          <option value="">{en.request.keyPlaces.auto}</option>
          <option value="endpoint">{en.request.keyPlaces.endpoint}</option>
          <option value="agent">{en.request.keyPlaces.agent}</option>
        </Select>
      </Field>
    </>
  );
}

function profilesOf({ settings }: Authority) {
  return authorityDefinition(settings).profiles(settings);
}

/** The authority is asked for its certificate profiles; one without profiles gets no question. */
function ProfileField({
  authority,
  value,
  onChange,
}: {
  authority: Authority;
  value: string;
  onChange(profile: string): void;
}) {
  const styles = useStyles();
  const { queries } = useBridge();
  const test = useQuery(queries.authorities.test.queryOptions({ input: { authority: authority.id } }));
  const profiles = Object.entries(test.data?.profiles ?? {});
  if (profiles.length === 0)
    return test.isPending ? (
      <span className={styles.wide}>{en.request.profilesWaiting(authority.name)}</span>
    ) : null;
  const preset = profilesOf(authority)?.preset ?? null;
  return (
    <Field
      className={styles.wide}
      label={en.request.profile}
      hint={profiles.find(([name]) => name === value)?.[1] ?? ''}
    >
      <Select value={value} onChange={(_, data) => onChange(data.value)}>
        <option value="">
          {preset === null ? en.request.profileDefault : en.request.profilePreset(preset)}
        </option>
        {profiles.map(([name]) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function problemProps(problem: string | undefined) {
  return problem === undefined ? {} : { validationMessage: problem, validationState: 'error' as const };
}
