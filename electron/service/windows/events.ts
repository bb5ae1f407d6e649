import { type Pointer, type WindowsLibrary, windowsLibrary } from './library.ts';
import { refusal } from './refusals.ts';
import { serviceName } from './scm.ts';
import { numbers, wide } from './structs.ts';

const localMachine = 0xffffffff80000002n;
const place = 'SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application';
const setValue = 0x2;
const expandingText = 2;
const number32 = 4;

/** A program of Windows that has a message for each number up to 1000: the text that comes with the event. */
const messages = '%SystemRoot%\\System32\\EventCreate.exe';

/** Makes the service known to the event log, so that its entries are shown as they are. Needs an administrator. */
export function addEventSource(): void {
  const windows = windowsLibrary();
  const key: [Pointer | null] = [null];
  const path = `${place}\\${serviceName}`;
  const code = windows.RegCreateKeyExW(localMachine, path, 0, null, 0, setValue, null, key, null);
  if (code !== 0) throw refusal(code, 'The service was not made known to the event log');
  const values: [string, number, Buffer][] = [
    ['EventMessageFile', expandingText, wide(messages)],
    ['TypesSupported', number32, numbers(7)],
  ];
  for (const [name, type, bytes] of values)
    windows.RegSetValueExW(key[0], name, 0, type, bytes, bytes.length);
  windows.RegCloseKey(key[0]);
}

/** Old entries stay, with a remark of the event viewer that their source is gone. */
export function removeEventSource(): void {
  windowsLibrary().RegDeleteKeyW(localMachine, `${place}\\${serviceName}`);
}

const types = { error: 0x1, information: 0x4 } as const;

/** An entry in the application log of Windows. What cannot be written is lost: the log file has it too. */
export function writeEvent(type: keyof typeof types, sentence: string): void {
  const windows: WindowsLibrary = windowsLibrary();
  const source = windows.RegisterEventSourceW(null, serviceName);
  if (source === null) return;
  const text = wide(sentence);
  const texts = Buffer.alloc(8);
  texts.writeBigUInt64LE(windows.addressOf(text));
  windows.ReportEventW(source, types[type], 0, 1, null, 1, 0, texts, null);
  text.fill(0); // kept until here, since Windows reads it by its address
  windows.DeregisterEventSource(source);
}
