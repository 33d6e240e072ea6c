"""The wire: .proto files and the code generated from them by script/proto. Edit the .proto files only."""
