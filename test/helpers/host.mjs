// A process that runs the built program again and again, for what starting Node.js and loading the bundle costs. Every run
// is `dist/cli.mjs` from its first line on, with arguments, folder and variables of its own; the chunks it imports are
// loaded once. Messages in: { args, cwd, env }; out: { code, stdout, stderr }.
const own = { ...process.env };
const cli = new URL('../../dist/cli.mjs', import.meta.url);
let runs = 0;

process.on('message', async ({ args, cwd, env }) => {
  const text = { stdout: '', stderr: '' };
  const restore = ['stdout', 'stderr'].map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = (chunk) => ((text[name] += chunk), true);
    return () => {
      stream.write = write;
      stream.removeAllListeners('error');
    };
  });
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv.splice(2, Infinity, ...args);
  process.exitCode = undefined;
  try {
    await import(`${cli.href}?run=${(runs += 1)}`);
  } catch (error) {
    text.stderr += `the program threw: ${error?.stack ?? error}`;
    process.exitCode = 70;
  }
  const code = process.exitCode ?? 0;
  for (const undo of restore) undo();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException']) process.removeAllListeners(name);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, own);
  process.exitCode = undefined;
  process.chdir('/');
  process.send({ code, ...text });
});
