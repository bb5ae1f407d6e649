/** Attacks, tried by a script the page itself loads: what a debugger evaluates is not held by the policy. */
async function outcome(run: () => unknown): Promise<string> {
  try {
    return `done: ${String(await run())}`;
  } catch (error) {
    return `refused: ${error instanceof Error ? error.name : String(error)}`;
  }
}

export const probes: Record<string, () => Promise<string>> = {
  eval: () => outcome(() => Reflect.construct(Function, ['return 2'])()),
  innerHtml: () =>
    outcome(() => {
      document.createElement('div').innerHTML = '<b>no</b>';
    }),
  inlineScript: () =>
    outcome(async () => {
      const script = document.createElement('script');
      script.append(document.createTextNode('window.injected = true'));
      document.body.append(script);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return 'injected' in window;
    }),
  inlineStyle: () =>
    outcome(() => {
      const style = document.createElement('style');
      style.append(document.createTextNode('h1 { color: rgb(9, 9, 9) }'));
      document.head.append(style);
      return style.sheet !== null;
    }),
  policy: () =>
    outcome(() =>
      (
        window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
      ).trustedTypes.createPolicy('mine', {}),
    ),
  fetchFar: () => outcome(() => fetch('https://example.com/')),
  fetchOwn: () => outcome(() => fetch('app://ui/index.html').then((answer) => answer.status)),
  image: () =>
    outcome(
      () =>
        new Promise((resolve, reject) => {
          const image = new Image();
          image.onload = resolve;
          image.onerror = () => reject(new Error('blocked'));
          image.src = 'https://example.com/a.png';
        }),
    ),
  socket: () =>
    outcome(
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('ws://127.0.0.1:9/');
          socket.onopen = resolve;
          socket.onerror = () => reject(new Error('blocked'));
        }),
    ),
  worker: () => outcome(() => new Worker(URL.createObjectURL(new Blob(['1'])))),
  notification: () => outcome(() => Notification.requestPermission()),
  clipboardRead: () => outcome(() => navigator.clipboard.readText()),
  geolocation: () =>
    outcome(
      () =>
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error('denied'))),
        ),
    ),
  camera: () => outcome(() => navigator.mediaDevices.getUserMedia({ video: true })),
  screen: () => outcome(() => navigator.mediaDevices.getDisplayMedia({ video: true })),
  usb: () =>
    outcome(() =>
      (navigator as unknown as { usb: { requestDevice(o: object): unknown } }).usb.requestDevice({
        filters: [],
      }),
    ),
  open: () => outcome(() => window.open('https://example.com/')),
  openOwn: () => outcome(() => window.open('app://ui/index.html')),
  navigate: () =>
    outcome(() => {
      location.href = 'https://example.com/';
    }),
  navigateFile: () =>
    outcome(() => {
      location.href = 'file:///etc/passwd';
    }),
  link: () =>
    outcome(() => {
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      document.body.append(link);
      link.click();
    }),
  form: () =>
    outcome(() => {
      const form = document.createElement('form');
      form.action = 'https://example.com/';
      form.method = 'post';
      document.body.append(form);
      form.submit();
    }),
  frame: () =>
    outcome(
      () =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = 'https://example.com/';
          frame.onload = () => resolve(frame.contentWindow?.length);
          document.body.append(frame);
          setTimeout(() => resolve('no load'), 300);
        }),
    ),
  node: () =>
    outcome(() =>
      ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer']
        .filter((name) => name in globalThis)
        .join(),
    ),
};
