"""Ground shared by the doors that Twilio carries: signature, form, error table, REST requests."""
