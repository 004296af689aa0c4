const problemOf = async (response) => {
  const body = await response.json().catch(() => ({}));
  const faults = (body.details?.faults ?? []).map((fault) => fault.replace(/^password: /, 'it '));
  const message = body.message ?? 'That did not work. Try again.';
  return body.code === 'auth.password_weak' ? `${message} (${faults.join('; ')})` : message;
};

const form = document.querySelector('[data-sign-in]');
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const problem = form.querySelector('[data-problem]');
  const button = form.querySelector('button');
  const { username, password } = Object.fromEntries(new FormData(form));
  problem.hidden = true;
  button.disabled = true;
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    // The server has checked where this leads.
    if (response.ok) return location.assign(form.dataset.returnTo);
    problem.textContent = await problemOf(response);
  } catch {
    problem.textContent = 'The server does not answer. Try again.';
  }
  problem.hidden = false;
  button.disabled = false;
  form.elements.password.select();
});

const reset = document.querySelector('[data-reset-password]');
const linkToken = () => new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
if (reset) {
  reset.hidden = linkToken() === '';
  document.querySelector('[data-incomplete]').hidden = !reset.hidden;
  if (!reset.hidden) reset.elements.password.focus();
  // Another link in the same tab loads nothing by itself.
  addEventListener('hashchange', () => location.reload());
}
reset?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const problem = reset.querySelector('[data-problem]');
  const button = reset.querySelector('button');
  // Kept here and not in the address, which stays in the history of the browser.
  reset.dataset.token ??= linkToken();
  history.replaceState(null, '', location.pathname);
  problem.hidden = true;
  button.disabled = true;
  try {
    const response = await fetch('/api/password-reset', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: reset.dataset.token, password: reset.elements.password.value }),
    });
    reset.hidden = response.ok;
    document.querySelector('[data-done]').hidden = !response.ok;
    if (!response.ok) problem.textContent = await problemOf(response);
  } catch {
    problem.textContent = 'The server does not answer. Try again.';
  }
  problem.hidden = false;
  button.disabled = false;
});

const signOut = document.querySelector('[data-sign-out]');
signOut?.addEventListener('click', async (event) => {
  event.target.disabled = true;
  const response = await fetch('/api/session', { method: 'DELETE' }).catch(() => undefined);
  // 401: the session had ended already.
  if (response?.ok || response?.status === 401) return location.assign('/login');
  event.target.disabled = false;
  event.target.textContent = 'Try again to sign out';
});

// The host application shows this page in a frame to sign a person out.
if (self !== top && signOut?.hasAttribute('data-by-itself-in-a-frame')) signOut.click();

const who = document.querySelector('[data-who]');
if (who) {
  const response = await fetch('/api/user/current').catch(() => undefined);
  const account = response?.ok ? await response.json() : {};
  who.textContent = [account.firstName, account.lastName].filter(Boolean).join(' ');
}
