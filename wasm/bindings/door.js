/**
 * The door of a Wasm package: what stands between its callers and the module. `xtask` puts it around the code that
 * wasm-bindgen generates, which nobody else imports.
 *
 * In: every argument is copied before the module is entered, plain and bounded, so that no getter or trap of a caller
 * runs while Rust works, and nothing is deep enough to exhaust its stack. What can't be copied becomes a symbol that
 * says what was there; the reader in Rust then names the argument that has it.
 *
 * Out: the module throws `YinxinError` only. Anything else (a trap, exhausted memory, a call stack that was full) left
 * it in the middle of its work, so it is dropped, and the next call meets a new one.
 */
// biome-ignore lint/correctness/noUnusedVariables: called by the text that xtask puts behind it
function guarded(glue, maxValues) {
  /** How deep a value may go: a tariff goes to 7. */
  const MAX_DEPTH = 16;
  /** Characters of a text that an argument or an option is: the largest CMS in Base64. */
  const MAX_CHARS = 128 * 1024 * 1024;
  /** Characters inside of a list or an object, in all; `maxValues` is the number of its values. */
  const MAX_CHARS_INSIDE = 16 * 1024 * 1024;
  /** Properties of an argument. */
  const MAX_PROPERTIES = 1_000;
  const TOO_LARGE = Symbol('something too large');

  const getter = (prototype, name) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name);
    return value => Reflect.apply(get, value, []);
  };
  const accessors = prototype => ['buffer', 'byteOffset', 'byteLength'].map(name => getter(prototype, name));
  const Typed = Object.getPrototypeOf(Uint8Array).prototype;
  const kindOfTyped = getter(Typed, Symbol.toStringTag);
  const [typed, dataView] = [accessors(Typed), accessors(DataView.prototype)];
  const bufferLength = getter(ArrayBuffer.prototype, 'byteLength');

  /**
   * A copy of the bytes of a buffer or of any view, of whatever realm. Internal slots are asked, which no property can
   * hide; and a copy is made, since the getter of a later option may change or transfer them.
   */
  function bytes(value) {
    if (ArrayBuffer.isView(value)) {
      const isTyped = kindOfTyped(value) !== undefined;
      // Bytes that were transferred away must not pass as none. (A DataView's getters tell by themselves.)
      if (isTyped) Reflect.apply(Typed.keys, value, []);
      const [buffer, offset, length] = (isTyped ? typed : dataView).map(get => get(value));
      return new Uint8Array(new Uint8Array(buffer, offset, length));
    }
    try {
      bufferLength(value);
    } catch {
      return undefined;
    }
    return new Uint8Array(new Uint8Array(value));
  }

  /** A plain copy, or a symbol that says what was there. */
  function plain(value, left, depth) {
    left.values -= 1;
    if (left.values < 0) throw TOO_LARGE;
    switch (typeof value) {
      case 'string':
        left.chars -= value.length;
        if (left.chars < 0) throw TOO_LARGE;
        // Different texts with half a character each would be the same in UTF-8.
        return isWhole(value) ? value : Symbol('a string with half a character');
      case 'object':
        return value === null ? null : tried(() => container(value, left, depth));
      case 'undefined':
      case 'boolean':
      case 'number':
        return value;
      default:
        return Symbol(`a ${typeof value}`);
    }
  }

  function isWhole(text) {
    return typeof text.isWellFormed === 'function' ? text.isWellFormed() : !/\p{Surrogate}/u.test(text);
  }

  /** What is read of a caller's value. Why that throws is not looked at: to look could throw again. */
  function tried(read) {
    try {
      return read();
    } catch (thrown) {
      if (thrown === TOO_LARGE) throw thrown;
      return Symbol('something that can’t be read');
    }
  }

  function container(value, left, depth) {
    const read = bytes(value);
    if (read) return read;
    if (depth === 0) return Symbol('something too deep');
    if (!Array.isArray(value)) return fields(value, field => plain(field, left, depth - 1));
    const { length } = value;
    if (length > left.values) throw TOO_LARGE;
    return Array.from({ length }, (_, index) => tried(() => plain(value[index], left, depth - 1)));
  }

  /**
   * An object with copies of a plain object's fields, and with nothing that it would inherit. What is `undefined` is
   * absent. An object that hides or inherits fields has none that could be left out in silence: it is not copied.
   */
  function fields(value, copyOf) {
    // Its own word for what it is: a promise, a date and a map have nothing to copy.
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind !== 'Error') {
      if (kind !== 'Object') return Symbol(`a ${String(kind).slice(0, 40)}`);
      const prototype = Object.getPrototypeOf(value);
      // `Object.prototype` of any realm.
      const isPlain =
        prototype === null || (Object.getPrototypeOf(prototype) === null && Object.getOwnPropertyDescriptor(prototype, 'isPrototypeOf') !== undefined);
      if (!isPlain) return Symbol('an object of a class');
      if (Object.getOwnPropertyNames(value).length !== Object.keys(value).length)
        return Symbol('an object with hidden properties');
    }
    const copy = Object.create(null);
    for (const key of Object.keys(value)) {
      const field = tried(() => copyOf(value[key]));
      // To assign to `__proto__` is no more than that here.
      if (field !== undefined) copy[key] = field;
    }
    return copy;
  }

  /** A copy within its own allowance. */
  function bounded(value, depth) {
    try {
      const chars = typeof value === 'string' ? MAX_CHARS : MAX_CHARS_INSIDE;
      return plain(value, { values: maxValues, chars }, depth);
    } catch {
      return TOO_LARGE;
    }
  }

  /** An argument. Each property of an object has an allowance of its own: one of them may be a visitor's. */
  function argument(value) {
    const areOptions = tried(
      () =>
        typeof value === 'object' &&
        Object.prototype.toString.call(value) === '[object Object]' &&
        Object.keys(value).length <= MAX_PROPERTIES,
    );
    if (areOptions !== true) return bounded(value, MAX_DEPTH);
    return tried(() => fields(value, field => bounded(field, MAX_DEPTH - 1)));
  }

  /** Which of the module's instances is the present one. */
  let instance = 0;

  function failure(code, params, words) {
    return new YinxinError({ code, params }, `${code}: ${words}`);
  }

  /** Enters the module. */
  function enter(work) {
    try {
      return work();
    } catch (thrown) {
      if (thrown instanceof YinxinError) throw Object.setPrototypeOf(thrown, YinxinError.prototype);
      instance += 1;
      let detail = `the module was started anew after: ${thrown}`.slice(0, 200);
      try {
        glue.__wbg_reset_state();
      } catch {
        // A package for the web was not loaded yet; or there is no memory for another instance, and the next call says the same.
        detail = 'the module is not there: call init() first, and wait for it';
      }
      throw failure('internal', { detail }, detail);
    }
  }

  function guardedFunction(run) {
    return (...given) => {
      const values = given.map(argument);
      return enter(() => run(...values));
    };
  }

  function guardedClass(Class) {
    /** The instance in which each object lives, until it is freed. */
    const homes = new WeakMap();
    const Guarded = class extends Class {
      constructor(...given) {
        const values = given.map(argument);
        enter(() => super(...values));
        homes.set(this, instance);
      }
      free() {
        const home = homes.get(this);
        homes.delete(this);
        if (home === instance) enter(() => super.free());
      }
    };
    for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(Class.prototype))) {
      const run = get ?? value;
      if (name === 'constructor' || name === 'free' || name.startsWith('__') || typeof run !== 'function') continue;
      const method = function (...given) {
        const home = homes.get(this);
        if (home === undefined) throw failure('request-invalid', { reason: `${Class.name}: freed` }, 'it was freed');
        if (home !== instance) {
          const detail = `${Class.name}: the module was started anew`;
          throw failure('internal', { detail }, detail);
        }
        const values = given.map(argument);
        return enter(() => Reflect.apply(run, this, values));
      };
      const descriptor = get ? { get: method } : { value: method, writable: true };
      Object.defineProperty(Guarded.prototype, name, { ...descriptor, configurable: true });
    }
    if (Symbol.dispose) Guarded.prototype[Symbol.dispose] = Guarded.prototype.free;
    Object.defineProperty(Guarded, 'name', { value: Class.name });
    return Guarded;
  }

  return Object.fromEntries(
    Object.entries(glue)
      .filter(([name, value]) => typeof value === 'function' && !name.startsWith('__') && !UNGUARDED.has(name))
      .map(([name, value]) => [name, /^[A-Z]/.test(name) ? guardedClass(value) : guardedFunction(value)]),
  );
}

/** What every function throws, and nothing else. A portal's server may throw its own with a code of the catalogue. */
class YinxinError extends Error {
  /** By its name: another package of ours, or the page library, has a class of its own. */
  static [Symbol.hasInstance](thrown) {
    if (this !== YinxinError) return Function.prototype[Symbol.hasInstance].call(this, thrown);
    return thrown instanceof Error && thrown.name === 'YinxinError';
  }

  constructor({ code, params = {} }, message = code) {
    super(message);
    Object.assign(this, { name: 'YinxinError', code, params });
  }
}

/** Of wasm-bindgen's own: they load the module, or are run by it. */
const UNGUARDED = new Set(['default', 'initSync', 'start']);
