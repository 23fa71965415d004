// Running programs: whole ones with their output, and servers that tell when they are ready.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Outcome {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program to its end, whatever it answers. */
export function attempt(
  program: string,
  args: string[],
  options: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input: options.input ?? '',
    env: { ...process.env, ...options.env },
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  if (error) throw error;
  return { status, stdout, stderr: stderr.toString() };
}

/** Runs a program that must succeed; gives its standard output. */
export function run(
  program: string,
  args: string[],
  options: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Buffer {
  const { status, stdout, stderr } = attempt(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${stderr}\n${stdout}`);
  return stdout;
}

/** Starts a server and waits for its first line. */
export async function serve(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ line: string; child: ChildProcess }> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
  return { line, child };
}

/** Ends a server and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(late);
}
