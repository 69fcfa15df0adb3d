# A psql that stays connected: statements can be sent without waiting for their end.
package ExportSession;

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Utils;
use Time::HiRes qw(usleep);

sub new {
    my ($class, $node, $database, %options) = @_;
    my $connection = $node->connstr($database // 'postgres');
    $connection .= " user=$options{user}" if $options{user};
    my $self = bless {
        stdin => '',
        stdout => '',
        stderr => '',
        sent => 0,
        timer => IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default),
    }, $class;
    my @psql =
      ($node->installed_command('psql'), '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $connection);
    local $ENV{PGOPTIONS} = $options{options} // '';
    $self->{run} = IPC::Run::start([ @psql, '-f', '-' ],
        '<', \$self->{stdin}, '>', \$self->{stdout}, '2>', \$self->{stderr}, $self->{timer});
    $self->{pid} = $self->query('SELECT pg_backend_pid()');
    return $self;
}

# The backend's process.
sub pid { return $_[0]{pid}; }

# Returns at once.  Names a marker that follows the output on both channels.
sub begin {
    my ($self, $sql) = @_;
    my $marker = 'end of statement ' . ++$self->{sent};
    $self->{stdin} .= "$sql\n;\n\\echo '$marker'\n\\warn '$marker'\n";
    $self->{run}->pump_nb;
    return;
}

# Waits for the end of what was begun; the output and the messages.
sub end {
    my ($self) = @_;
    my $marker = "end of statement $self->{sent}\n";
    $self->{timer}->start;
    $self->{run}->pump
      until $self->{timer}->is_expired
      || (index($self->{stdout}, $marker) >= 0 && index($self->{stderr}, $marker) >= 0);
    die "psql did not finish: $self->{stderr}" if $self->{timer}->is_expired;
    my @result;
    for my $channel ('stdout', 'stderr') {
        my $text = $self->{$channel};
        $self->{$channel} = '';

        # psql begins the marker on a line of its own only where the output ended with one.
        $text =~ s/\Q$marker\E$//;
        push @result, $text;
    }
    return @result;
}

# The output and the messages, whether or not it failed.
sub try_query {
    my ($self, $sql) = @_;
    $self->begin($sql);
    my ($stdout, $stderr) = $self->end;
    $stdout =~ s/\n$//;
    return ($stdout, $stderr);
}

# The output of what must not fail.
sub query {
    my ($self, $sql) = @_;
    my ($stdout, $stderr) = $self->try_query($sql);
    die "$sql\nfailed: $stderr" if $stderr =~ /^(psql:[^\n]*)?(ERROR|FATAL|PANIC)/m;
    return $stdout;
}

# The SQLSTATE, or 00000.
sub sqlstate {
    my ($self, $sql) = @_;
    my (undef, $stderr) = $self->try_query($sql);
    return sqlstate_of($stderr);
}

sub sqlstate_of {
    my ($messages) = @_;
    return $messages =~ /\b(?:ERROR|FATAL):  ([0-9A-Z]{5})/ ? $1 : '00000';
}

# Asks again until the answer is t.  Dies, with the last answer, when it never is.  Meanwhile takes
# what other sessions say: a backend whose client does not listen stops where it likes.
sub poll {
    my ($self, $sql, @others) = @_;
    my $answer = '';
    my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
    while (time < $deadline) {
        $_->{run}->pump_nb for @others;
        $answer = $self->query($sql);
        return 1 if $answer eq 't';
        usleep(10_000);
    }
    die "never true: $sql\nlast answer: $answer";
}

# Returns once the other session waits for a lock that somebody else holds.
sub poll_blocked {
    my ($self, $other) = @_;
    my $pid = $other->pid;
    return $self->poll("SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $pid AND NOT granted)",
        $other);
}

# Returns once no such backend is there any more.
sub poll_gone {
    my ($self, $pid) = @_;
    return $self->poll("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $pid)");
}

sub quit {
    my ($self) = @_;
    $self->{stdin} .= "\\q\n";
    return $self->{run}->finish;
}

# Ends psql without a word to the server.
sub kill_client {
    my ($self) = @_;
    kill 'KILL', $self->{run}{KIDS}[0]{PID};
    $self->abandoned;
    return;
}

# What came from a session whose backend or client was killed.
sub abandoned {
    my ($self) = @_;
    eval { $self->{run}->finish };
    return ($self->{stdout}, $self->{stderr});
}

1;
