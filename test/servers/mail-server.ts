import { SMTPServer } from 'smtp-server';

/** A letter as it arrived. */
interface Letter {
  from: string;
  to: string[];
  /** Headers and body. */
  text: string;
  /** It came over TLS. */
  secure: boolean;
  /** Who was logged in; null: no one. */
  user: string | null;
}

interface MailServerOptions {
  tls: { certificatePem: string; keyPem: string };
  /** TLS from the first byte; else STARTTLS is offered. */
  implicit?: boolean;
  /** STARTTLS is not offered. */
  clear?: boolean;
  /** Left out: it takes letters from anyone. */
  login?: { user: string; password: string };
  /** Answers each recipient with this. */
  refuses?: number;
}

export interface MailServer {
  port: number;
  letters: Letter[];
  /** Passwords that were sent to it. */
  heard: string[];
  stop(): Promise<void>;
}

/** A real SMTP server on the loopback that keeps what it is sent. */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { tls, implicit = false, clear = false, login, refuses } = options;
  const letters: Letter[] = [];
  const heard: string[] = [];
  const server = new SMTPServer({
    ...{ key: tls.keyPem, cert: tls.certificatePem, secure: implicit, logger: false },
    ...{ authOptional: login === undefined, allowInsecureAuth: true },
    disabledCommands: [...(clear || implicit ? ['STARTTLS'] : []), ...(login === undefined ? ['AUTH'] : [])],
    onAuth({ username, password }, _session, done) {
      heard.push(String(password));
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(Object.assign(new Error('no such login'), { responseCode: 535 }));
    },
    onRcptTo(_address, _session, done) {
      if (refuses === undefined) done();
      else done(Object.assign(new Error('not here'), { responseCode: refuses }));
    },
    onData(stream, { envelope, secure, user }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        letters.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString('utf8'),
          ...{ secure, user: user === undefined ? null : String(user) },
        });
        done();
      });
    },
  });
  server.on('error', () => {}); // a client that ends in the middle of a handshake
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.server.address();
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    ...{ letters, heard },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
