/** Asks the server, as JSON. A refusal is thrown as an error with the server's code, message and remedy. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const { code, message, remedy } = answer;
  throw Object.assign(new Error(message), { code, remedy });
}
