"""The demo company: invented suppliers, their answers, and a campaign with every state on show."""
