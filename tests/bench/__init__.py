"""The performance table: every line beside a bare Flask page under the same server in the same run."""
