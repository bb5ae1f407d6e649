import { afterEach, describe, expect, it } from 'vitest';
import { wantFileMessage } from '#shared/page.ts';
import { FilePicker } from '../../../renderer/bridge/file-picker.ts';

const ends: MessagePort[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end.close();
});

/** A port to a desktop whose person answers when the test says so. */
function desktop() {
  const { port1, port2 } = new MessageChannel();
  ends.push(port1, port2);
  const requests: unknown[] = [];
  let requested = (): void => {};
  const asked = new Promise<void>((resolve) => {
    requested = resolve;
  });
  port1.onmessage = ({ data }) => {
    requests.push(data);
    requested();
  };
  return { port: port2, requests, asked, answer: (path: unknown) => port1.postMessage(path), end: port1 };
}

function pickerOver({ port }: { port: MessagePort }) {
  const picker = new FilePicker();
  picker.use(port);
  return picker;
}

describe('the file picker of the window', () => {
  it('is not there, and picks nothing, before a desktop is', async () => {
    const picker = new FilePicker();
    expect(picker.isThere()).toBe(false);
    expect(await picker.pick()).toBeNull();
  });

  it('says the one request, and gives the path that comes back', async () => {
    const one = desktop();
    const picker = pickerOver(one);
    expect(picker.isThere()).toBe(true);
    const picked = picker.pick();
    await one.asked;
    one.answer('/home/ann/.ssh/id_ed25519');
    expect(await picked).toBe('/home/ann/.ssh/id_ed25519');
    expect(one.requests).toEqual([wantFileMessage]);
  });

  it.each([
    ['nothing', null],
    ['what is no path', { path: '/a' }],
  ])('gives null when %s was answered, and can be asked again', async (_name, answer) => {
    const one = desktop();
    const picker = pickerOver(one);
    const picked = picker.pick();
    one.answer(answer);
    expect(await picked).toBeNull();
    const again = picker.pick();
    one.answer('/b');
    expect(await again).toBe('/b');
  });

  it('asks no second time while a picker is open', async () => {
    const one = desktop();
    const picker = pickerOver(one);
    const first = picker.pick();
    expect(await picker.pick()).toBeNull();
    one.answer('/a');
    expect(await first).toBe('/a');
    expect(one.requests).toEqual([wantFileMessage]);
  });

  it('hears the answer to an open picker although another port took the place of its own', async () => {
    const [one, two] = [desktop(), desktop()];
    const picker = pickerOver(one);
    const first = picker.pick();
    picker.use(two.port);
    one.answer('/a');
    expect(await first).toBe('/a');
    const second = picker.pick();
    two.answer('/b');
    expect(await second).toBe('/b');
    expect(one.requests).toHaveLength(1);
  });

  it('picks nothing when the desktop goes away', async () => {
    const one = desktop();
    const picked = pickerOver(one).pick();
    await one.asked;
    one.end.close();
    expect(await picked).toBeNull();
  });
});
