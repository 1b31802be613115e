// Starts `pdedsl lsp` and hands the texts of the editor to it.
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const [command, ...args] = workspace.getConfiguration("pdedsl").get("command");
  const server = { command, args };
  client = new LanguageClient("pdedsl", "pdedsl", server, {
    documentSelector: [{ language: "pde" }],
  });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `pdedsl: the language server does not start (${error.message}). ` +
        "Install it with: pip install 'pdedsl[lsp]', or set pdedsl.command."
    );
  }
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("pdedsl.restart", async () => {
      await deactivate();
      await start();
    })
  );
  await start();
}

async function deactivate() {
  const running = client;
  client = undefined;
  if (running && running.isRunning()) await running.stop();
}

module.exports = { activate, deactivate };
