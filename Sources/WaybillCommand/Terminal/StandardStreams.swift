import Foundation

/// The three streams that a process starts with.
enum StandardStreams {
    /// Makes them safe to use: a closed one would be taken by the next file that is opened, and what is printed would
    /// land in a database; and a reader who goes away ends the command quietly, whatever the parent process had said.
    static func prepare() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is this one, so the file takes its place.
            _ = open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
        }
        signal(SIGPIPE, SIG_DFL)
    }
}
