import { Command, InvalidArgumentError, Option } from 'commander';
import type { DeployFlags } from '../deploy/deploy.js';
import { numberFlag, wholeFlag } from './number-flags.js';

/** `reprise deploy`: the model in production, as an image, on Kubernetes, or in a server that runs. */
export function deployCommand(): Command {
  return new Command('deploy')
    .description(
      'bring the model in production to where it is asked: an image, Kubernetes, a server that runs',
    )
    .addOption(
      new Option(
        '--target <where>',
        'image: the folder that one is built from; kubernetes: manifests; server: a running `reprise serve`',
      )
        .choices(['image', 'kubernetes', 'server'])
        .makeOptionMandatory(),
    )
    .option('--output <folder>', 'where files go; default: deploy/<target>')
    .option('--name <label>', "what Kubernetes' objects are called; default: the project's name", dnsLabel)
    .option('--image <name>', "the image's; default: <name>:v<version>")
    .option('--port <n>', 'on which it listens', wholeFlag(1, 65_535), 8080)
    .option('--replicas <n>', 'pods, at least', wholeFlag(1), 2)
    .option('--max-replicas <n>', 'pods, at most; default: twice as many', wholeFlag(1))
    .addOption(new Option('--labels <label>', 'what computes').choices(['cpu', 'gpu']).default('cpu'))
    .option('--build', 'build the image, by docker or podman')
    .option('--url <url>', 'of the server; default: http://127.0.0.1:8080', webAddress)
    .option('--timeout <seconds>', 'until the server has turned', numberFlag(1), 300)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      "\nEnvironment:\n  REPRISE_ADMIN_KEYS   the server's key for operators; without it, one of REPRISE_API_KEYS",
    )
    .action(
      async (
        options: Omit<DeployFlags, 'gpu' | 'build' | 'json'> & {
          labels: 'cpu' | 'gpu';
          build?: true;
          json?: true;
        },
      ) => {
        const { deploy } = await import('../deploy/deploy.js');
        const { labels, build = false, json = false, ...rest } = options;
        await deploy(process.cwd(), { ...rest, gpu: labels === 'gpu', build, json });
      },
    );
}

function dnsLabel(text: string): string {
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be of a-z, 0-9 and -, begin with a letter, and have 40 characters at most.',
  );
}

function webAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be a URL, such as http://127.0.0.1:8080.');
}
