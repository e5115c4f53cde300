import Foundation

/// What a path of an output names: nothing but a file of one name may be replaced.
///
/// A rename over a device takes the device away, over a link the link, over a pipe its reader's end. These are written
/// to as they are.
package enum OutputTarget: Sendable {
    /// A regular file that has one name, or nothing yet.
    case file
    /// A device, a pipe, a link, or a file that has more names.
    case other

    package init(path: String) {
        var status = stat()
        // What cannot be looked at cannot be written either, and says so then.
        guard lstat(path, &status) == 0 else {
            self = .file
            return
        }
        self = status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1 ? .file : .other
    }

    /// Opens what a path names to write to it from the beginning; makes a file where there is nothing.
    static func open(_ path: String) throws(InputFinding) -> FileHandle {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw InputFinding(
                .unreadable, file: path,
                "it cannot be written: \(String(cString: strerror(errno))). Is its directory there, and writable?")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
