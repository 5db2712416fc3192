/**
 * Variables that hold credentials, or lead to somebody who has them, as far as their names tell: what people's shells have
 * of clouds, forges, package registries, databases and agents.
 */
const KNOWN = [
  /^(?:AWS|AZURE|ARM|GOOGLE|GCLOUD|CLOUDSDK|DIGITALOCEAN|CLOUDFLARE|VAULT|CONSUL|NOMAD|TF_VAR|OCI|ALIBABA)_/,
  /^(?:GITHUB|GH|GITLAB|BITBUCKET|CI_JOB|ACTIONS|NPM|NODE_AUTH|PYPI|TWINE|CARGO_REGISTRY|DOCKER|KUBE|HELM)_/,
  /^(?:OPENAI|ANTHROPIC|GEMINI|MISTRAL|COHERE|HF|HUGGINGFACE|SLACK|STRIPE|TWILIO|SENDGRID|SENTRY|DATADOG|DD)_/,
  /(?:^|_)(?:TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PWD_FILE|CREDENTIALS?|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|AUTH)(?:$|_)/,
  /(?:^|_)(?:DATABASE_URL|DB_URL|POSTGRES_URL|REDIS_URL|MONGO_URL|MONGODB_URI|AMQP_URL|DSN)$/,
  /^(?:SSH_AUTH_SOCK|SSH_AGENT_PID|GPG_AGENT_INFO|DBUS_SESSION_BUS_ADDRESS|KUBECONFIG|NETRC|MYSQL_PWD)$/,
  /^HOOPCTL_/,
];

export function isCredentialVariable(name: string): boolean {
  return KNOWN.some((pattern) => pattern.test(name));
}

/** Names of the variables in an environment that hold credentials, but for those that are passed on by intent. */
export function credentialsIn(env: Readonly<NodeJS.ProcessEnv>, passed: readonly string[]): readonly string[] {
  return Object.keys(env).filter((name) => isCredentialVariable(name) && !passed.includes(name));
}
