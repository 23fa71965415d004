// The script of form.html, in words that old engines know; `yinxin` comes from yinxin.js.
(() => {
  var form = document.getElementById('login');
  var problem = document.getElementById('problem');
  form.addEventListener('submit', event => {
    event.preventDefault();
    problem.textContent = '';
    yinxin.login({ challenge: form.elements.challenge.value, purpose: 'login' }).then(
      proof => {
        form.elements.proof.value = JSON.stringify(proof);
        form.submit();
      },
      error => {
        if (error.code !== 'cancelled') problem.textContent = `${error.message} ${error.remedy}`;
      },
    );
  });
  yinxin.status().then(
    status => {
      if (status.problem) show();
    },
    () => show(),
  );
  function show() {
    var close = yinxin.guide(document.getElementById('guide'), {
      host: { windows: '/downloads/yinxin-setup.exe', 'deb-amd64': '/downloads/yinxin_amd64.deb' },
      onReady: () => close(),
    });
  }
})();
