/** The whole look, in one sheet without images or fonts from elsewhere. */
export const style = `
:root { --ink: #1d2733; --soft: #5c6b7a; --line: #dde3ea; --ground: #f5f7f9; --accent: #2457c5; --problem: #a3212c; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between;
  min-height: 3.6rem; padding: .6rem 1.5rem; background: #fff; border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
.brand { color: var(--ink); font-weight: 650; text-decoration: none; }
.who, .people span { color: var(--soft); }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1.5rem 3rem; }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0 0 .75rem; font-size: 1rem; }
p { max-width: 40rem; }
button, .button { display: inline-block; padding: .55rem 1.1rem; border: 1px solid var(--accent); border-radius: 6px;
  background: var(--accent); color: #fff; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
button.quiet { padding: .25rem .75rem; border-color: var(--line); background: #fff; color: var(--ink); font-weight: 500; }
button:hover, .button:hover { filter: brightness(.94); }
:focus-visible { outline: 3px solid #9db9f3; outline-offset: 1px; }
.columns { display: grid; grid-template-columns: minmax(16rem, 2fr) 3fr; gap: 2rem; align-items: start; }
.card, .people, dl { background: #fff; border: 1px solid var(--line); border-radius: 10px; }
.card { padding: 1.25rem; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input[type=email], input[type=password] { width: 100%; margin-bottom: 1rem; padding: .5rem .65rem;
  border: 1px solid #b9c4cf; border-radius: 6px; font: inherit; }
table { border-collapse: collapse; background: #fff; font-size: .9rem; }
th, td { padding: .35rem .75rem; border: 1px solid var(--line); text-align: left; }
#report { overflow-x: auto; }
.problem { margin: 0 0 1rem; color: var(--problem); }
.people { margin: 0; padding: 0; list-style: none; }
.people li { display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: .75rem 1rem; }
.people li + li { border-top: 1px solid var(--line); }
.people span { display: block; font-size: .9rem; }
code { display: inline-block; padding: .05rem .35rem; border-radius: 4px; background: var(--ground); font-size: .85rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem; max-width: 40rem; margin: 1rem 0 1.5rem; padding: 1rem 1.25rem; }
dt { font: .9rem/1.7 ui-monospace, monospace; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
body.wide { display: flex; flex-direction: column; height: 100vh; }
.wide main { flex: 1; display: flex; max-width: none; width: 100%; margin: 0; padding: 0; min-height: 20rem; }
iframe { flex: 1; width: 100%; border: 0; background: #fff; }
@media (max-width: 44rem) { .columns { grid-template-columns: 1fr; } main { padding: 1.25rem 1rem 2rem; } header { padding: .6rem 1rem; } }
`;

/** Fills the form with the person whose button was pressed, and sends it. */
export const script = `
const form = document.getElementById('sign-in');
for (const button of document.querySelectorAll('button[data-email]')) {
  button.addEventListener('click', () => {
    form.elements.email.value = button.dataset.email;
    form.elements.password.value = button.dataset.password;
    form.requestSubmit();
  });
}
`;
