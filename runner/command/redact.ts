const SECRET_NAME =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|ADMIN_?KEY|PRIVATE_?KEY|CREDENTIALS?|WEBHOOK)/i;

/** Shorter ones are also parts of words. */
const SHORTEST = 6;

/**
 * Masks the values of environment variables whose names say that they are secret, and the passwords in addresses: what a command
 * prints goes to heartbeats and failures, and so into workflow history.
 */
export function redactor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const secrets = [
    ...new Set(
      Object.entries(env).flatMap(([name, value = '']) => [
        ...(SECRET_NAME.test(name) ? partsOf(name, value) : []),
        ...passwordIn(value),
      ]),
    ),
  ]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** What has several lines, such as a key, is printed and kept line by line; of several keys each opens the door. */
function partsOf(name: string, value: string): readonly string[] {
  const keys = /S$/i.test(name) ? value.split(',').map((key) => key.trim()) : [];
  return [value, ...value.split(/\r?\n/), ...keys];
}

/** `postgres://user:password@host/…`, as DATABASE_URL or HTTPS_PROXY have it; programs print it as it stands, or decoded. */
function passwordIn(value: string): readonly string[] {
  const [, user = '', password] = /^[a-z][a-z0-9+.-]*:\/\/([^:/@\s]*):([^/\s]+)@/i.exec(value) ?? [];
  if (password === undefined) return [];
  return [`${user}:${password}@`, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
