//! Addresses of the page's own scripts, as workers take them. The pages' policy wants a trusted type there, and lets no
//! text run as a script otherwise.

/** An address that the build or the page itself made. */
export function ownScript(url: string): string {
  return policy ? policy.createScriptURL(url) : url;
}

// The library of DOM types does not have them yet; a worker takes what is made as it takes a text.
interface Policy {
  createScriptURL(url: string): string;
}
const { trustedTypes } = globalThis as {
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
};
const policy = trustedTypes?.createPolicy('yinxin', { createScriptURL: url => url });
