"""Reminders outward: e-mail over SMTP and signed webhooks. Off until they are set up."""
