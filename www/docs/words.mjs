/**
 * Comments of declarations in the reader's language. They are written in English, beside what they describe; `zh-CN.json` has
 * each of them in Chinese, by its English words, so that one that was changed is missed rather than told wrong.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How to say a paragraph of a comment in this language; for which there are no words is added to `missing`. */
export function words(root, language, missing = new Set()) {
  if (language === 'en') return { language, say: text => text };
  const known = JSON.parse(readFileSync(join(root, 'www/docs/zh-CN.json'), 'utf8'));
  const say = text => {
    if (!(text in known)) missing.add(text);
    return known[text] ?? text;
  };
  return { language, say };
}
