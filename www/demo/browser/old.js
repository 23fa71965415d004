/**
 * Tells whose browser is too old for the extension, before any module is read: words of 2009, which every browser knows.
 * The sentence stands in the page, hidden, with the versions that are needed.
 */
(() => {
  var sentence = document.getElementById('old');
  var chromium = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);
  var firefox = /Firefox\/(\d+)/.exec(navigator.userAgent);
  var isNew = chromium
    ? Number(chromium[1]) >= Number(sentence.getAttribute('data-chromium'))
    : firefox && Number(firefox[1]) >= Number(sentence.getAttribute('data-firefox'));
  if (!isNew) sentence.removeAttribute('hidden');
})();
