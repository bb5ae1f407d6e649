import { Checkbox, Field, Input, Select } from '@fluentui/react-components';
import { type RefObject, useRef, useState } from 'react';
import { exportFormats } from '#shared/contract/certificates.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { nameOf } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { SecretInput } from '../../parts/secret-input.tsx';
import { en } from '../../text/en.ts';

type Format = (typeof exportFormats)[number];

/** Has the agent write a certificate into a new file, then says what is in it. */
export function ExportCertificate({ certificate, onClose }: { certificate: Certificate; onClose(): void }) {
  const { client } = useBridge();
  const [format, setFormat] = useState<Format>('pkcs12');
  const [path, setPath] = useState('');
  const [legacy, setLegacy] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const write = useCommand(client.certificates.export);
  const secret = format === 'pkcs12';
  const flags = { path, format, ...(secret && legacy ? { legacy: true } : {}) };
  const send = async (): Promise<void> => {
    const typed = password.current?.value ?? '';
    const answer = await write.run({
      certificate: certificate.fingerprint,
      ...flags,
      ...(secret && typed !== '' ? { password: typed } : {}),
    });
    setWritten(answer?.sentence ?? null);
  };
  const name = certificate.names[0] ?? nameOf(certificate.subject);
  return (
    <FormDialog
      title={en.exporting.title(name)}
      submit={written === null ? en.exporting.yes : null}
      busy={write.busy}
      failure={write.failure}
      closeLabel={written === null ? en.dialog.cancel : en.dialog.close}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      {written !== null && <Notice intent="success">{written}</Notice>}
      {written === null && (
        <>
          <ExportFields {...{ format, setFormat, path, setPath, legacy, setLegacy, password }} />
          <CommandBox
            line={commandLine('certificates export', certificate.fingerprint.slice(0, 16), flags)}
          />
        </>
      )}
    </FormDialog>
  );
}

interface ExportFieldsProps {
  format: Format;
  setFormat(format: Format): void;
  path: string;
  setPath(path: string): void;
  legacy: boolean;
  setLegacy(legacy: boolean): void;
  password: RefObject<HTMLInputElement | null>;
}

function ExportFields(props: ExportFieldsProps) {
  const { format, setFormat, path, setPath, legacy, setLegacy, password } = props;
  return (
    <>
      <Field label={en.exporting.format} hint={en.exporting.hints[format]}>
        <Select value={format} onChange={(_, data) => setFormat(data.value as Format)}>
          {exportFormats.map((one) => (
            <option key={one} value={one}>
              {en.exporting.formats[one]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={en.exporting.path} hint={en.exporting.pathHint} required>
        <Input value={path} onChange={(_, data) => setPath(data.value)} />
      </Field>
      {format === 'pkcs12' && (
        <>
          <Field label={en.exporting.password} hint={en.exporting.passwordHint} required>
            {(frame) => <SecretInput {...frame} box={password} name="export-password" />}
          </Field>
          <Checkbox
            label={en.exporting.legacy}
            checked={legacy}
            onChange={(_, data) => setLegacy(data.checked === true)}
          />
        </>
      )}
    </>
  );
}
