const SECRET_NAME = /(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)/i;

/**
 * Masks the values of environment variables whose names say that they are secret: what a command prints goes to
 * heartbeats and failures, and so into workflow history.
 */
export function redactor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) && value !== undefined)
    // What has several lines, such as a key, is printed and kept line by line.
    .flatMap(([, value]) => [value as string, ...(value as string).split(/\r?\n/)])
    .filter((secret) => secret.length >= 6)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
