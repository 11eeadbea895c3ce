"""Files of learning management systems, as people download them and upload them again."""
