"""Where notices go: mail, webhooks, chat."""
