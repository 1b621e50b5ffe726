import { keyCheck } from '../../../../finetuning/serving/http/api-keys.js';

describe('the keys of a server', () => {
  const hasKey = keyCheck(['first', 'second']);
  it.each(['Bearer first', 'bearer second'])('takes %s', (header) => expect(hasKey(header)).toBe(true));
  it.each([undefined, '', 'first', 'Basic first', 'Bearer third', 'Bearer firs', 'Bearer first '])(
    'refuses %s',
    (header) => expect(hasKey(header)).toBe(false),
  );
});
