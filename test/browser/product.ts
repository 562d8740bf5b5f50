import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser } from 'playwright-core';

export const password = 'browser-test-passphrase';

/** A running `isoc serve` on a fresh data directory. */
export interface Product {
  http: string;
  syslog: { host: string; port: number };
  /** Kills the process where it stands and starts another on the same data; its addresses are new. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function startProduct(settings: Record<string, string> = {}): Promise<Product> {
  const binary = resolve(process.env.ISOC_BIN ?? '../../bin/isoc');
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build`);
  const data = mkdtempSync(join(tmpdir(), 'isoc-browser-'));
  const log: string[] = [];
  const start = () => {
    const started = spawn(binary, ['serve', '--data', data, '--http', '127.0.0.1:0', '--syslog', '127.0.0.1:0'], {
      env: { ...process.env, ...settings, ISOC_BIN: undefined, ISOC_ADMIN_PASSWORD: password, ISOC_LANG: 'en' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: started.stderr }).on('line', (line) => log.push(line));
    return started;
  };
  let child: ChildProcess = start();
  const product: Product = {
    ...await addresses(child, log),
    async crash() {
      await ended(child, 'SIGKILL');
      child = start();
      Object.assign(product, await addresses(child, log));
    },
    async stop() {
      const code = await ended(child, 'SIGTERM');
      rmSync(data, { recursive: true, force: true });
      if (code !== 0) throw new Error(`isoc ended with ${code}:\n${log.join('\n')}`);
    },
  };
  return product;
}

function addresses(child: ChildProcess, log: string[]): Promise<Pick<Product, 'http' | 'syslog'>> {
  return new Promise((found, failed) => {
    let syslog = { host: '', port: 0 };
    child.once('exit', () => failed(new Error(`isoc did not start:\n${log.join('\n')}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const [word, value = ''] = line.split(' ');
      if (word === 'syslog') syslog = { host: value.split(':')[0]!, port: Number(value.split(':')[1]) };
      if (word === 'ready') found({ http: value, syslog });
    });
  });
}

function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  return new Promise((done) => {
    child.once('exit', done);
    child.kill(signal);
  });
}

/** Sends one syslog datagram. */
export function datagram(to: Product['syslog'], text: string): Promise<void> {
  return new Promise((sent, failed) => {
    const socket = createSocket('udp4');
    socket.send(text, to.port, to.host, (error) => {
      socket.close();
      if (error) failed(error);
      else sent();
    });
  });
}

/** Sends a datagram again every second, as a sender that lives does, until something is seen: UDP promises nothing for a single one. */
export async function datagramUntil(to: Product['syslog'], text: string, seen: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await datagram(to, text);
    for (let j = 0; j < 4; j++) {
      if (await seen()) return;
      await new Promise((next) => setTimeout(next, 250));
    }
  }
  throw new Error(`sent 40 times, never seen: ${text}`);
}

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's path, or undefined where there is none and none is demanded. */
export function browserPath(): string | undefined {
  const path = process.env.ISOC_CHROMIUM ?? browsers.find((each) => existsSync(each));
  if (!path && (process.env.ISOC_TEST_REQUIRE ?? '').split(',').includes('chromium')) {
    throw new Error('Chromium is required here and not found');
  }
  return path;
}

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
