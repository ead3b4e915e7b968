import { commands } from '../index.ts';
import type { CommandSpec, Invocation, Result } from '../command.ts';

const globalFlags = '--root --cluster --component --selector --output --stats --quiet --verbose --no-color --help';

/** A completion script made from the table of commands. */
export async function completion({ args }: Invocation): Promise<Result> {
  const shells: Readonly<Record<string, () => string>> = { bash, zsh, fish };
  return { text: shells[args[0] ?? '']?.() ?? '' };
}

const words = (spec: CommandSpec): string =>
  [
    ...(spec.arguments ?? []).flatMap((a) => a.choices ?? []),
    ...(spec.options ?? []).map((o) => o.flags.split(/[ ,]+/)[0] ?? ''),
    globalFlags,
  ].join(' ');

function bash(): string {
  const cases = commands.map((c) => `    ${c.name}) words="${words(c)}" ;;`).join('\n');
  return `# bash completion for slipway
_slipway() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words="${commands.map((c) => c.name).join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases}
    esac
    case "\${COMP_WORDS[COMP_CWORD-1]}" in
      -c|--cluster|explain|graph) words="$(ls clusters 2>/dev/null | sed 's/\\.ya\\{0,1\\}ml$//')" ;;
    esac
  fi
  COMPREPLY=( $(compgen -W "$words" -- "$cur") )
}
complete -F _slipway slipway
`;
}

function zsh(): string {
  const list = commands
    .map((c) => `    '${c.name}:${c.summary.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`)
    .join('\n');
  const cases = commands.map((c) => `      ${c.name}) compadd -- ${words(c)} ;;`).join('\n');
  return `#compdef slipway
_slipway() {
  local -a verbs
  verbs=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
  else
    case "$words[2]" in
${cases}
    esac
  fi
}
compdef _slipway slipway
`;
}

function fish(): string {
  const verbs = commands.map(
    (c) => `complete -c slipway -f -n __fish_use_subcommand -a ${c.name} -d '${c.summary.replaceAll("'", "\\'")}'`,
  );
  const flags = commands.map(
    (c) => `complete -c slipway -f -n '__fish_seen_subcommand_from ${c.name}' -a '${words(c)}'`,
  );
  return `# fish completion for slipway\n${[...verbs, ...flags].join('\n')}\n`;
}
