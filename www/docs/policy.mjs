/** The fields of a policy as Markdown, from its schema, which is made from the types that read it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = {
  'zh-CN': { file: '顶层字段', field: '字段', form: '写法', meaning: '含义', list: '列表', or: '或' },
  en: { file: 'The file', field: 'field', form: 'form', meaning: 'meaning', list: 'list of', or: 'or' },
};

/** One table for the file, and one for each object in it. */
export function policy(root, { language, say }) {
  const schema = JSON.parse(readFileSync(join(root, 'servers/policy.schema.json'), 'utf8'));
  const head = HEAD[language];
  const inner = Object.entries(schema.properties).flatMap(([name, field]) => {
    const reference = referenceOf(field);
    return reference ? [[`\`${name}\``, schema.$defs[reference]]] : [];
  });
  return [[head.file, schema], ...inner].map(([title, object]) => table(title, object)).join('\n');

  function table(title, { properties }) {
    const rows = Object.entries(properties).map(([name, field]) => {
      const meaning = say(field.description.replace(/\s+/g, ' '));
      return `| \`${name}\` | ${formOf(field)} | ${meaning} |`;
    });
    return `### ${title}\n\n| ${head.field} | ${head.form} | ${head.meaning} |\n|---|---|---|\n${rows.join('\n')}\n`;
  }

  function formOf(field) {
    if (referenceOf(field)) return '`object`';
    const [type] = [field.type].flat().filter(one => one !== 'null');
    if (field.enum) return choice(field.enum);
    if (type === 'array') {
      const items = field.items.enum ? choice(field.items.enum) : `\`${field.items.type}\``;
      return language === 'en' ? `${head.list} ${items}` : `${head.list}：${items}`;
    }
    if (field.maximum !== undefined) return `\`${type}\`, ${field.minimum}–${field.maximum}`;
    return `\`${type}\``;
  }

  function choice(values) {
    const named = values.filter(value => value !== null).map(value => `\`${value}\``);
    return named.join(` ${head.or} `);
  }
}

/** The object that a field is, if it is one. */
function referenceOf({ $ref, anyOf = [] }) {
  const reference = $ref ?? anyOf.find(one => one.$ref)?.$ref;
  return reference?.replace('#/$defs/', '');
}
